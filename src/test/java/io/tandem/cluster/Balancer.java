package io.tandem.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.support.Ports;
import io.tandem.support.Programs;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * HAProxy, set up as {@code k8s/traefik/local} sets up Traefik: health checks, no sticky sessions, and another server only
 * for what could not be handed to the first one. Tests are skipped where it is not installed.
 */
final class Balancer implements AutoCloseable {
    private static final String DEFAULTS =
            """
            global
              maxconn 8000
              log stdout format raw local0
            defaults
              mode http
              log global
              option httplog
              timeout connect 500ms
              timeout client 75s
              timeout server 60s
              # a server that is busy is not down
              timeout check 3s
              # shorter than tandem.http.idle-timeout
              timeout http-keep-alive 60s
              balance roundrobin
              option forwardfor
              # only what no server has got yet
              retries 3
              retry-on conn-failure
              option redispatch 1
            """;

    /**
     * One of several that serve the same.
     *
     * @param checkedPort where it says whether it is well
     */
    record Server(int port, int checkedPort) {
        static Server of(int port) {
            return new Server(port, port);
        }
    }

    private final Path folder;
    private final StringBuilder configuration = new StringBuilder(DEFAULTS);
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private Process process;

    /** @param folder for its configuration and its log */
    Balancer(Path folder) {
        assumeTrue(Programs.onPath("haproxy"), "HAProxy is not installed: nothing is tried behind a load balancer");
        this.folder = folder;
    }

    /**
     * Before {@link #start}.
     *
     * @param healthPath asked of each server, again and again
     */
    Balancer serve(String name, String healthPath, List<Server> servers) throws IOException {
        int port = Ports.free();
        ports.put(name, port);
        configuration
                .append("listen ")
                .append(name)
                .append('\n')
                .append("  bind 127.0.0.1:")
                .append(port)
                .append('\n')
                .append("  option httpchk GET ")
                .append(healthPath)
                .append('\n')
                .append("  default-server check inter 200ms fall 1 rise 1\n");
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            configuration.append(
                    "  server %s-%d 127.0.0.1:%d port %d%n".formatted(name, i, server.port(), server.checkedPort()));
        }
        return this;
    }

    Balancer start() throws IOException {
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), configuration);
        process = new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        for (int port : ports.values()) {
            Awaitility.await("HAProxy; see " + log())
                    .atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> {
                        new Socket("127.0.0.1", port).close();
                        return true;
                    });
        }
        return this;
    }

    int port(String name) {
        return ports.get(name);
    }

    String url(String name) {
        return "http://127.0.0.1:" + port(name) + "/" + name;
    }

    Path log() {
        return folder.resolve("haproxy.log");
    }

    /** A line of one's own among those of the balancer. */
    void note(String line) throws IOException {
        Files.writeString(log(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void close() {
        if (process != null) {
            Programs.kill(process);
        }
    }
}
