package io.tandem.journal;

import java.io.IOException;

/** Where bodies are kept that the database does not hold itself. Thread-safe. */
interface Bodies {
    /** The database holds them all. */
    Bodies NONE = new Bodies() {
        @Override
        public boolean keeps(int size) {
            return false;
        }

        @Override
        public boolean has(String messageId) {
            return false;
        }

        @Override
        public void write(String messageId, byte[] body) {
            throw new IllegalStateException("the database holds all bodies");
        }

        @Override
        public byte[] read(String messageId) throws IOException {
            throw new IOException("the database holds all bodies");
        }

        @Override
        public void remove(String messageId) {}
    };

    /** Whether a body of that size is kept here. */
    boolean keeps(int size);

    /** Whether there is one, as far as this process knows yet. */
    boolean has(String messageId);

    /** Returns when it is on disk. */
    void write(String messageId, byte[] body) throws IOException;

    byte[] read(String messageId) throws IOException;

    /** Forgets it, if there is one. */
    void remove(String messageId);
}
