package io.tandem.proof;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection on which messages are sent, the next when the last is answered. Speaks the little HTTP that is needed
 * itself, so that it costs less than what is measured. For one event loop.
 */
final class Caller {
    private static final String LENGTH = "content-length: ";
    private static final String CLOSE = "connection: close";

    private final NetSocket socket;
    private final Listener listener;
    private Buffer input = Buffer.buffer();
    private boolean closed;

    /** Is told what comes. */
    interface Listener {
        /** @param open whether the connection can be used for the next message */
        void answered(int status, String body, boolean open);

        /** The connection has gone, be there an answer that was waited for or not. */
        void closed();
    }

    Caller(NetSocket socket, Listener listener) {
        this.socket = socket;
        this.listener = listener;
        socket.handler(this::read);
        socket.closeHandler(gone -> {
            if (!closed) {
                closed = true;
                listener.closed();
            }
        });
    }

    /** @param headers more headers, each with its line break */
    static String post(String headers, String body) {
        return "POST /messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    void send(String request) {
        socket.write(request);
    }

    /** Closes the connection; the listener hears no more. */
    void close() {
        closed = true;
        socket.close();
    }

    private void read(Buffer bytes) {
        if (closed) {
            return;
        }
        input = input.length() == 0 ? bytes : input.appendBuffer(bytes);
        String text = input.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        String head = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
        int at = head.indexOf(LENGTH);
        if (at < 0) {
            throw new IllegalStateException("an answer without Content-Length: " + text);
        }
        int length = Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf('\r', at)));
        if (text.length() < end + 4 + length) {
            return;
        }
        input = Buffer.buffer();
        boolean open = !head.contains(CLOSE);
        if (!open) {
            close();
        }
        listener.answered(Integer.parseInt(head.substring(9, 12)), text.substring(end + 4), open);
    }
}
