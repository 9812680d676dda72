package io.tandem.k8s;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandem.support.Ports;
import io.tandem.support.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is in the image, running as a container engine would run it, without one: in a root of its own that can't be
 * written, as user 1001 of group 0, with the mounts of a pod. This machine's system and one of its JDKs stand in for
 * what the image does not bring. Needs root; tests are skipped elsewhere.
 */
final class Container implements AutoCloseable {
    /** Who can't be root. */
    private static final int USER = 1001;

    /** A JVM that takes the options of the image. */
    private static final int OLDEST_JDK = 25;

    private static final String JRE = "/opt/java/openjdk";

    /** $1 root, $2 the JDK, $3 what the pod mounts; then the environment and the command. */
    private static final String ENTER =
            """
            set -e
            root=$1 jdk=$2 pod=$3
            shift 3
            mount --bind "$root" "$root"
            for part in bin sbin lib lib64 usr; do
              if [ -L "/$part" ]; then [ -e "$root/$part" ] || cp -P "/$part" "$root/$part"
              elif [ -d "/$part" ] && [ -z "$(ls -A "$root/$part" 2>/dev/null)" ]; then
                mkdir -p "$root/$part"; mount --rbind "/$part" "$root/$part"
              fi
            done
            mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root/data" "$root/etc/camel" "$root/etc/ssl" "$root%s"
            mount --rbind /proc "$root/proc"
            mount --rbind /dev "$root/dev"
            [ ! -d /etc/ssl ] || mount --bind /etc/ssl "$root/etc/ssl"
            mount --bind "$jdk" "$root%s"
            mount --bind "$pod/camel" "$root/etc/camel"
            mount -o remount,bind,ro "$root/etc/camel"
            mount --bind "$pod/tmp" "$root/tmp"
            mount --bind "$pod/data" "$root/data"
            mount -o remount,bind,ro "$root"
            exec chroot --userspec=%d:0 --groups=%d "$root" env -i "$@"
            """
                    .formatted(JRE, JRE, USER, USER);

    /** What the image says about its process. */
    record Config(List<String> command, Map<String, String> environment, String user, String workingDirectory) {
        /** From the configuration of an OCI image. */
        static Config of(JsonNode config) {
            List<String> command = new ArrayList<>(Manifests.strings(config.path("Entrypoint")));
            command.addAll(Manifests.strings(config.path("Cmd")));
            Map<String, String> environment = new TreeMap<>();
            Manifests.strings(config.path("Env")).forEach(line -> {
                String[] parts = line.split("=", 2);
                environment.put(parts[0], parts[1]);
            });
            return new Config(
                    command,
                    environment,
                    config.path("User").asString(),
                    config.path("WorkingDir").asString());
        }

        /** From the last stage of the Containerfile. */
        static Config ofContainerfile() {
            String text = Manifests.text(Path.of("k8s/image/Containerfile")).replace("\\\n", " ");
            Map<String, String> said = new TreeMap<>();
            text.lines()
                    .filter(line -> line.matches("[A-Z]+ .*"))
                    .forEach(line -> said.put(line.split(" ", 2)[0], line.split(" ", 2)[1].strip()));
            JsonMapper json = new JsonMapper();
            List<String> command = new ArrayList<>(Manifests.strings(json.readTree(said.get("ENTRYPOINT"))));
            command.addAll(Manifests.strings(json.readTree(said.get("CMD"))));
            Map<String, String> environment = Stream.of(said.get("ENV").split("\\s+"))
                    .collect(Collectors.toMap(
                            word -> word.split("=", 2)[0], word -> word.split("=", 2)[1], (a, b) -> b, TreeMap::new));
            return new Config(command, environment, said.get("USER"), said.get("WORKDIR"));
        }
    }

    private final Process process;
    private final Path log;
    private final int port;
    private final int management;
    private final HttpClient client = HttpClient.newHttpClient();

    private Container(Process process, Path log, int port, int management) {
        this.process = process;
        this.log = log;
        this.port = port;
        this.management = management;
    }

    /** The JDK that stands in for the image's; tests are skipped where there is none. */
    static Path jdk() {
        Path running = Path.of(System.getProperty("java.home"));
        List<Path> found;
        try (Stream<Path> beside = Files.list(running.getParent())) {
            found = beside.filter(jdk -> version(jdk) >= OLDEST_JDK)
                    .sorted(Comparator.comparingInt(Container::version))
                    .toList();
        } catch (IOException e) {
            found = List.of();
        }
        assumeTrue(!found.isEmpty(), "no JDK " + OLDEST_JDK + " or newer lies beside " + running);
        return found.get(0);
    }

    private static int version(Path jdk) {
        Path release = jdk.resolve("release");
        if (!Files.isRegularFile(release)) {
            return 0;
        }
        return Manifests.text(release)
                .lines()
                .filter(line -> line.startsWith("JAVA_VERSION=\""))
                .map(line -> Integer.parseInt(line.replaceAll("^JAVA_VERSION=\"(\\d+).*", "$1")))
                .findFirst()
                .orElse(0);
    }

    /** Skips the test where containers can't be imitated. */
    static void assumePossible() {
        assumeTrue(
                System.getProperty("user.name").equals("root")
                        && Programs.onPath("unshare")
                        && Programs.onPath("chroot"),
                "only root can give a process another root folder and another user");
        try {
            Process process = new ProcessBuilder("unshare", "-m", "true").start();
            assumeTrue(process.waitFor() == 0, "mounts of one's own are not allowed here");
        } catch (IOException e) {
            abort("unshare does not run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Starts it, and does not wait.
     *
     * @param root with what the image brings
     * @param pod has camel/, which is mounted at /etc/camel; what the container writes is below it, too
     * @param environment in addition to that of the image
     */
    static Container start(Path root, Path pod, Config config, Map<String, String> environment) throws IOException {
        for (String writable : List.of("data", "tmp")) {
            Path folder = Files.createDirectories(pod.resolve(writable));
            // as an fsGroup makes it
            Files.setAttribute(folder, "unix:gid", USER);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
        }
        int port = Ports.free();
        int management = Ports.free();
        Map<String, String> all = new TreeMap<>(config.environment());
        all.put("PATH", JRE + "/bin:/usr/bin:/bin");
        // not open to others on this machine
        all.put("TANDEM_HTTP_HOST", "127.0.0.1");
        all.put("TANDEM_MANAGEMENT_HOST", "127.0.0.1");
        all.put("TANDEM_HTTP_PORT", String.valueOf(port));
        all.put("TANDEM_MANAGEMENT_PORT", String.valueOf(management));
        all.putAll(environment);
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "sh",
                "-c",
                ENTER,
                "sh",
                root.toString(),
                jdk().toRealPath().toString(),
                pod.toString()));
        all.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of("sh", "-c", "cd \"$0\" && exec \"$@\"", config.workingDirectory()));
        command.addAll(config.command());
        Path log = pod.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new Container(process, log, port, management);
    }

    /** How long it took. */
    Duration awaitReady() {
        long start = System.nanoTime();
        Awaitility.await("readiness")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(10))
                .pollDelay(Duration.ZERO)
                .failFast(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("Tandem ended: " + log());
                    }
                })
                .ignoreExceptions()
                .until(() -> manage("/observe/health/ready").statusCode() == 200);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    HttpResponse<String> manage(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** POSTs to /messages. */
    HttpResponse<String> post(String body, String key) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/messages"))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/json")
                        .header("X-Api-Key", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Of its process, as the system tells it. */
    String status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"), StandardCharsets.US_ASCII)
                .stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** Sends SIGTERM, as the kubelet does, and returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end: " + log());
        }
        return process.exitValue();
    }

    String log() {
        return Manifests.text(log);
    }

    @Override
    public void close() {
        Programs.kill(process);
    }
}
