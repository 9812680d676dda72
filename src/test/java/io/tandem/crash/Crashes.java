package io.tandem.crash;

import java.util.concurrent.ThreadLocalRandom;

/** What the command line says about runs. */
final class Crashes {
    private Crashes() {}

    /** Printed with the results: with it, kills and answers are those of that run, though not their interleaving. */
    static long seed() {
        Long given = Long.getLong("crash.seed");
        return given == null ? ThreadLocalRandom.current().nextInt(1_000_000) : given;
    }

    static int kills() {
        return Integer.getInteger("crash.kills", 100);
    }

    static int messages() {
        return Integer.getInteger("crash.messages", 50_000);
    }
}
