package io.tandem.cli;

import ch.qos.logback.classic.LoggerContext;
import io.tandem.app.Application;
import io.tandem.app.StartException;
import io.tandem.config.LiveConfiguration;
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

    static RunningService start(LiveConfiguration configuration) throws StartException {
        Settings settings = configuration.settings();
        Application application = new Application(configuration);
        application.start();
        LOG.info(
                "Tandem {} listens on {}://{}:{}, management on {}://{}:{}; targets: {}; started in {} ms",
                TandemCommand.Version.current(),
                scheme(settings.http().tls() != null),
                settings.http().host(),
                application.httpPort(),
                scheme(settings.management().tls()),
                settings.management().host(),
                application.managementPort(),
                String.join(", ", settings.targets().keySet()),
                ManagementFactory.getRuntimeMXBean().getUptime());
        return new RunningService(application);
    }

    private static String scheme(boolean tls) {
        return tls ? "https" : "http";
    }

    Application application() {
        return application;
    }

    /**
     * Keeps the process alive until SIGTERM or SIGINT: then finishes what was taken, and ends with exit code 0.
     *
     * @param afterwards what else is to be closed
     */
    void closeOnShutdown(Runnable afterwards) {
        CountDownLatch never = new CountDownLatch(1);
        // all other threads are daemons: this one keeps the process
        new Thread(() -> awaitForever(never), "tandem-main").start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(afterwards), "tandem-shutdown"));
    }

    private void shutDown(Runnable afterwards) {
        int exitCode = TandemCommand.DONE;
        try {
            close();
            afterwards.run();
        } catch (RuntimeException e) {
            LOG.error("shutting down failed: {}", e.toString());
            exitCode = TandemCommand.FAILED;
        }
        // what lies in the access log's queue is written first
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
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
