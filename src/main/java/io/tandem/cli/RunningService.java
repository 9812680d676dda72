package io.tandem.cli;

import io.tandem.app.Application;
import io.tandem.app.StartException;
import io.tandem.config.Settings;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Tandem that runs until the process is told to end. */
final class RunningService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem");

    private final Application application;

    private RunningService(Application application) {
        this.application = application;
    }

    static RunningService start(Settings settings) throws StartException {
        Application application = new Application(settings);
        application.start();
        LOG.info(
                "Tandem {} listens on http://{}:{}, management on http://{}:{}; targets: {}; started in {} ms",
                TandemCommand.Version.current(),
                settings.http().host(),
                application.httpPort(),
                settings.management().host(),
                application.managementPort(),
                String.join(", ", settings.targets().keySet()),
                ManagementFactory.getRuntimeMXBean().getUptime());
        return new RunningService(application);
    }

    Application application() {
        return application;
    }

    /** On SIGTERM or SIGINT: finishes what was taken, and ends the process with exit code 0, then keeps it alive. */
    void closeOnShutdown() {
        CountDownLatch never = new CountDownLatch(1);
        // all other threads are daemons: this one keeps the process
        new Thread(() -> awaitForever(never), "tandem-main").start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "tandem-shutdown"));
    }

    private void shutDown() {
        int exitCode = TandemCommand.DONE;
        try {
            close();
        } catch (RuntimeException e) {
            LOG.error("shutting down failed: {}", e.toString());
            exitCode = TandemCommand.FAILED;
        }
        ((ch.qos.logback.classic.LoggerContext) LoggerFactory.getILoggerFactory()).stop();
        // after a signal the JVM would end with 128 + its number, though all went well
        Runtime.getRuntime().halt(exitCode);
    }

    private static void awaitForever(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        application.close();
    }
}
