package io.tandem.target;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What replies take together while they are read: targets that send much, and never come to the end, must not take all
 * memory. Thread-safe, without locks.
 */
public final class ReplyMemory {
    /** Bytes of a reply that are not counted: most have no more, and are read at once. */
    static final int FREE = 16 * 1024;

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most bytes, at a time */
    public ReplyMemory(long most) {
        this.most = most;
    }

    /** There is no room for more now. */
    static final class ShortException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** One reply while it is read. Thread-safe. */
    final class Part implements AutoCloseable {
        private final AtomicLong bytes = new AtomicLong();
        private volatile boolean closed;

        /**
         * The reply takes so many bytes from now on, until it is closed.
         *
         * @throws ShortException when that is more than there is, all replies taken together
         */
        void grow(int more) throws ShortException {
            bytes.addAndGet(more);
            long now = held.addAndGet(more);
            if (closed) {
                close();
            }
            if (now > most) {
                throw new ShortException();
            }
        }

        /** It has been read, or is given up: be it more than once, and while it still grows. */
        @Override
        public void close() {
            closed = true;
            long all = bytes.getAndSet(0);
            if (all != 0) {
                held.addAndGet(-all);
            }
        }
    }

    Part part() {
        return new Part();
    }

    long held() {
        return held.get();
    }
}
