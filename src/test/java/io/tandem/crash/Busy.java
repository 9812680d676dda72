package io.tandem.crash;

import java.lang.management.ManagementFactory;

/** Whether the machine has something else to do: then times tell nothing. */
final class Busy {
    private Busy() {}

    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    static boolean is(double load) {
        return load > Runtime.getRuntime().availableProcessors() / 2.0;
    }
}
