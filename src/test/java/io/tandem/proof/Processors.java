package io.tandem.proof;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The machine, divided: Tandem has the first processor to itself, who calls it and what it calls have the second, so
 * that neither takes from the other what is measured.
 */
public final class Processors implements AutoCloseable {
    private static final int TANDEM = 0;
    private static final int OTHERS = 1;

    /** A thread that ends while all of them are gone through is a failure. */
    private static final int TRIES = 5;

    /** While this process is bound to one, Java sees no other. */
    private final int all;

    private final boolean divided;

    private Processors(int all, boolean divided) {
        this.all = all;
        this.divided = divided;
    }

    /** Moves this process, and those threads of it that are there, to the second processor. */
    public static Processors divide() {
        int all = Runtime.getRuntime().availableProcessors();
        return new Processors(all, all > OTHERS && bind(Integer.toString(OTHERS)));
    }

    /** To be called before it is started. */
    public Instance give(Instance tandem) {
        return divided ? tandem.onProcessor(TANDEM) : tandem;
    }

    /** A command, on Tandem's processor. */
    public List<String> give(List<String> command) {
        return divided
                ? Stream.concat(Stream.of("taskset", "-c", Integer.toString(TANDEM)), command.stream())
                        .toList()
                : command;
    }

    @Override
    public String toString() {
        return divided ? "Tandem on a processor of its own" : "all on the same processors";
    }

    @Override
    public void close() {
        if (divided && !bind("0-" + (all - 1))) {
            throw new IllegalStateException("this process stays on one processor");
        }
    }

    private static boolean bind(String processors) {
        for (int i = 0; i < TRIES; i++) {
            if (bindThreads(processors)) {
                return true;
            }
        }
        return false;
    }

    private static boolean bindThreads(String processors) {
        try {
            Process taskset = new ProcessBuilder(
                            "taskset",
                            "-a",
                            "-cp",
                            processors,
                            Long.toString(ProcessHandle.current().pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return taskset.waitFor(10, TimeUnit.SECONDS) && taskset.exitValue() == 0;
        } catch (IOException e) {
            // not installed
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
