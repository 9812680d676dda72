package io.tandem.target;

import io.tandem.config.Settings;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;

/**
 * The connections to one target. Belongs to the application and outlives the routes: each set of routes builds its
 * endpoints on it by naming it as {@code httpClientConfigurer}. Thread-safe.
 */
public sealed interface TargetClient extends AutoCloseable permits BlockingClient, NonBlockingClient {
    /**
     * The client that the target's settings ask for.
     *
     * @param vertx the event loops of those that hold no thread
     * @param executor runs what may block
     * @param memory of the replies of all targets
     */
    static TargetClient of(Settings.Target target, Vertx vertx, Executor executor, ReplyMemory memory) {
        return switch (target.caller()) {
            case CAMEL_HTTP -> new BlockingClient(target, memory);
            case NON_BLOCKING -> new NonBlockingClient(target, vertx, executor, memory);
        };
    }

    /** What is under way. */
    Attempts attempts();

    /** Counts what its replies take while they are read. */
    ReplyMemory memory();

    /** Closes connections that have lain idle; to be called now and then. */
    void evictIdle();

    /** Connections, or streams of them, in use now. */
    int leased();

    /** Requests that wait for a connection now. */
    int pending();

    @Override
    void close();
}
