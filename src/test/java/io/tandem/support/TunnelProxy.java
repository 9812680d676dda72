package io.tandem.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy on loopback that tunnels for those who know its password, and for nobody else. */
public final class TunnelProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final String wanted;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public TunnelProxy(String user, String password) throws IOException {
        wanted = "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(ISO_8859_1));
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(() -> {
            while (!listening.isClosed()) {
                Socket client = listening.accept();
                threads.submit(() -> tunnel(client));
            }
            return null;
        });
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The heads of the requests so far. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    private Void tunnel(Socket client) throws IOException {
        try (client) {
            StringBuilder head = new StringBuilder();
            InputStream in = client.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.append((char) b);
            }
            heads.add(head.toString());
            OutputStream out = client.getOutputStream();
            if (!head.toString().contains(wanted)) {
                out.write("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(ISO_8859_1));
                return null;
            }
            String[] target = head.toString().split(" ")[1].split(":");
            try (Socket onward = new Socket(target[0], Integer.parseInt(target[1]))) {
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                threads.submit(() -> in.transferTo(onward.getOutputStream()));
                onward.getInputStream().transferTo(out);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
