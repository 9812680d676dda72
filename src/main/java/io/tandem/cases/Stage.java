package io.tandem.cases;

import io.tandem.app.Application;
import io.tandem.app.StartException;
import io.tandem.cases.Case.Fault;
import io.tandem.cases.Case.Reply;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Settings;
import io.tandem.config.StandIns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Tandem, running the real routes between stand-ins, for any number of cases at the same time. Which case a request
 * at a target belongs to is told by its trace, which begins at the case's request and survives the journal.
 */
final class Stage implements AutoCloseable {
    private static final String TRACE = "traceparent";

    /** Says that nobody is there to be tested. */
    private static final Reply NOBODY = new Reply(null, 404, Map.of(), new byte[0], Duration.ZERO, Duration.ZERO, null);

    private final StubServer stubs;
    private final Path folder;
    private final Set<String> refusing;
    private final boolean timed;
    private final List<Socket> closedPorts = new ArrayList<>();
    private final Map<String, CaseTargets> byTrace = new ConcurrentHashMap<>();
    private volatile @Nullable CaseTargets onlyOne;
    private Set<String> targets = Set.of();
    private @Nullable Application application;

    private Stage(StubServer stubs, Path folder, Case one) {
        this.stubs = stubs;
        this.folder = folder;
        this.refusing = refusing(one);
        this.timed = isTimed(one);
    }

    /**
     * Starts it.
     *
     * @param cases all that will be run here, alike in their settings, in which targets refuse connections, and in whether
     *     they are timed
     * @throws io.tandem.config.ConfigurationException when the configuration is wrong
     * @throws StartException when it can't start
     */
    static Stage start(StubServer stubs, ConfigurationSources sources, List<Case> cases)
            throws StartException, IOException {
        Stage stage = new Stage(stubs, Files.createTempDirectory("tandem-test"), cases.get(0));
        try {
            stage.start(sources, cases);
            return stage;
        } catch (StartException | RuntimeException | Error e) {
            stage.close();
            throw e;
        }
    }

    private void start(ConfigurationSources sources, List<Case> cases) throws StartException {
        Map<String, String> overrides = new HashMap<>(sources.overrides());
        overrides.putAll(cases.get(0).settings());
        overrides.put("tandem.inbox.enabled", String.valueOf(cases.stream().anyMatch(Case::drops)));
        Settings settings = ConfigurationLoader.rehearse(sources.withOverrides(overrides), new Stubs());
        targets = settings.targets().keySet();
        Application started = new Application(settings);
        // one that can't start has closed itself
        started.start();
        application = started;
    }

    /** The targets of a case that nobody listens at. */
    static Set<String> refusing(Case one) {
        return one.targets().stream()
                .filter(target -> one.replies(target).anyMatch(reply -> reply.fault() == Fault.REFUSED))
                .collect(Collectors.toSet());
    }

    /** Whether it matters to a case how long a target takes. */
    static boolean isTimed(Case one) {
        return one.replies()
                .anyMatch(reply -> !reply.delay().isZero() || !reply.drip().isZero() || reply.fault() == Fault.TIMEOUT);
    }

    /** What is traced so belongs to this case from now on. */
    void join(String traceId, CaseTargets joining) {
        byTrace.put(traceId, joining);
    }

    /** Whatever nobody else's trace has belongs to this case: it must be the only one of its kind here. */
    void joinAlone(CaseTargets joining) {
        onlyOne = joining;
    }

    /** The names of the targets that are configured. */
    Set<String> targets() {
        return targets;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + started().httpPort() + path);
    }

    /** The inbox, if files are taken. */
    Path inbox() {
        return folder.resolve("inbox");
    }

    private Application started() {
        Application running = application;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    @Override
    public void close() {
        Application running = application;
        if (running != null) {
            running.close();
        }
        for (Socket socket : closedPorts) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reply answer(String target, StubRequest request) {
        String trace = request.header(TRACE).asText();
        String traceId = trace.length() < 35 ? "" : trace.substring(3, 35);
        CaseTargets known = byTrace.get(traceId);
        CaseTargets running = known == null ? onlyOne : known;
        return running == null ? NOBODY : running.answer(target, request);
    }

    private final class Stubs implements StandIns {
        @Override
        public String url(String target, String path) {
            int port = refusing.contains(target) ? closedPort() : stubs.listen(request -> answer(target, request));
            return "http://127.0.0.1:" + port + path;
        }

        @Override
        public String tokenUrl(String target) {
            return "http://127.0.0.1:" + stubs.listen(request -> StubTokens.answer(target)) + "/token";
        }

        @Override
        public Path folder() {
            return folder;
        }

        @Override
        public boolean answerAtOnce() {
            return !timed;
        }

        /** Bound and not listened at: nobody else gets it, and who connects is refused. */
        private int closedPort() {
            Socket socket = new Socket();
            closedPorts.add(socket);
            try {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return socket.getLocalPort();
        }
    }
}
