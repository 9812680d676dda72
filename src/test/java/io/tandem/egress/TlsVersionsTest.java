package io.tandem.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.junit.jupiter.api.Test;

class TlsVersionsTest {
    private static final int SUPPORTED_VERSIONS = 43;

    @Test
    void nothingBelowTls12IsOffered() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<Integer>> offered = CompletableFuture.supplyAsync(() -> offer(server));
            Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());

            assertThatThrownBy(() -> new ReloadingTls(new TlsFiles(null, null))
                            .upgrade(socket, "localhost", server.getLocalPort(), "", HttpClientContext.create()))
                    .isInstanceOf(IOException.class);
            assertThat(offered.join()).containsExactlyInAnyOrder(0x0304, 0x0303);
        }
    }

    /** The versions in the extension of the ClientHello (RFC 8446 §4.2.1). */
    private static List<Integer> offer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            byte[] head = socket.getInputStream().readNBytes(5);
            ByteBuffer hello =
                    ByteBuffer.wrap(socket.getInputStream().readNBytes((head[3] & 0xff) << 8 | head[4] & 0xff));
            hello.position(4 + 2 + 32);
            skip(hello, hello.get() & 0xff);
            skip(hello, hello.getShort());
            skip(hello, hello.get() & 0xff);
            hello.getShort();
            List<Integer> versions = new ArrayList<>();
            while (hello.hasRemaining()) {
                int type = hello.getShort();
                int length = hello.getShort();
                if (type == SUPPORTED_VERSIONS) {
                    for (int n = hello.get() / 2; n > 0; n--) {
                        versions.add((int) hello.getShort());
                    }
                } else {
                    skip(hello, length);
                }
            }
            return versions;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void skip(ByteBuffer buffer, int length) {
        buffer.position(buffer.position() + length);
    }
}
