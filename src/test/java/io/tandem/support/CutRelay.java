package io.tandem.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** A relay on loopback that can be cut between what a client asks and what it is answered. */
public final class CutRelay implements AutoCloseable {
    private final ServerSocket listening;
    private final int onwardPort;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile String subject = "";
    private volatile String unheard = "";
    private volatile boolean cut;

    public CutRelay(int onwardPort) throws IOException {
        this.onwardPort = onwardPort;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(() -> {
            while (!listening.isClosed()) {
                Socket client = listening.accept();
                open.add(client);
                threads.submit(() -> relay(client));
            }
            return null;
        });
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** A client that has spoken of a subject does not hear this answer; nobody is let through from then on. */
    public void cutBefore(String answer, String about) {
        subject = about;
        unheard = answer;
    }

    /** Whether it was cut. */
    public boolean isCut() {
        return cut;
    }

    /** Lets clients through again. */
    public void mend() {
        unheard = "";
        cut = false;
    }

    private Void relay(Socket client) throws IOException {
        try (client) {
            if (cut) {
                return null;
            }
            try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), onwardPort)) {
                open.add(onward);
                AtomicBoolean spoken = new AtomicBoolean();
                threads.submit(() -> {
                    ask(client.getInputStream(), onward.getOutputStream(), spoken);
                    return null;
                });
                answer(onward.getInputStream(), client.getOutputStream(), spoken);
            }
        }
        return null;
    }

    private void ask(InputStream in, OutputStream out, AtomicBoolean spoken) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (!unheard.isEmpty() && new String(buffer, 0, read, ISO_8859_1).contains(subject)) {
                spoken.set(true);
            }
            out.write(buffer, 0, read);
        }
    }

    private void answer(InputStream in, OutputStream out, AtomicBoolean spoken) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (spoken.get() && new String(buffer, 0, read, ISO_8859_1).contains(unheard)) {
                cut = true;
                for (Socket socket : open) {
                    socket.close();
                }
                return;
            }
            out.write(buffer, 0, read);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
