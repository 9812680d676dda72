package io.tandem.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads a request and then says whatever bytes a test wants, HTTP or not. */
public final class RawServer implements AutoCloseable {
    /** What is said once the request is read. */
    public interface Reply {
        void write(OutputStream out, String request) throws IOException, InterruptedException;
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    public final AtomicInteger calls = new AtomicInteger();
    public final AtomicInteger open = new AtomicInteger();

    public RawServer(Reply reply) throws IOException {
        threads.submit(() -> {
            while (!listener.isClosed()) {
                Socket socket = listener.accept();
                threads.submit(() -> {
                    open.incrementAndGet();
                    try (socket) {
                        String request = read(socket.getInputStream());
                        calls.incrementAndGet();
                        reply.write(socket.getOutputStream(), request);
                        socket.getOutputStream().flush();
                    } finally {
                        open.decrementAndGet();
                    }
                    return null;
                });
            }
            return null;
        });
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/token");
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        int length = at < 0
                ? 0
                : Integer.parseInt(lower.substring(at + 16).split("\r", 2)[0].strip());
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    public static Reply text(String response) {
        return (out, request) -> out.write(response.getBytes(StandardCharsets.UTF_8));
    }

    /** A well-framed response of {@code status} with this body. */
    public static Reply http(String status, String headers, String body) {
        return (out, request) -> out.write(("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8));
    }

    public static Reply json(String body) {
        return http("200 OK", "Content-Type: application/json\r\n", body);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
