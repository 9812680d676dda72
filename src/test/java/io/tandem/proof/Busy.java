package io.tandem.proof;

import java.lang.management.ManagementFactory;

/** Whether the machine has something else to do: then times tell nothing. */
public final class Busy {
    private Busy() {}

    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    public static boolean is(double load) {
        return load > Runtime.getRuntime().availableProcessors() / 2.0;
    }
}
