package io.tandem.scaling;

/**
 * How many messages a pod takes, and how many pods so many messages take. A formula: nothing in it waits for chance, so
 * {@link #USE} leaves room for that. {@link Simulation} says what becomes of it when messages and targets do as they like.
 *
 * @param processors of a pod
 * @param maxInFlight {@code tandem.max-in-flight}
 * @param places {@code target.<name>.redelivery.concurrency}
 * @param seconds that the slowest target takes
 */
record Capacity(Way way, int processors, int maxInFlight, int places, double seconds) {
    /** Of what there is, so much is planned with. */
    static final double USE = 0.6;

    /** What a message takes besides its targets, in seconds: {@link ScalingIT}, in a quiet moment. */
    static final double OVERHEAD = 0.0025;

    /** Records a second that one partition gives to one pod: {@link CostIT}. */
    static final double PER_PARTITION = 6_300;

    /** What a pod runs out of first. */
    enum Limit {
        PROCESSORS("processors"),
        IN_FLIGHT("`tandem.max-in-flight`"),
        PLACES("`redelivery.concurrency`");

        private final String title;

        Limit(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    private double perSecond(Limit limit) {
        return USE
                * switch (limit) {
                    case PROCESSORS -> processors / way.cpu();
                    // Little's law
                    case IN_FLIGHT -> way.waits() ? maxInFlight / (seconds + OVERHEAD) : Double.POSITIVE_INFINITY;
                    case PLACES -> way.waits() ? Double.POSITIVE_INFINITY : places / (seconds + OVERHEAD);
                };
    }

    Limit limit() {
        Limit lowest = Limit.PROCESSORS;
        for (Limit limit : Limit.values()) {
            if (perSecond(limit) < perSecond(lowest)) {
                lowest = limit;
            }
        }
        return lowest;
    }

    /** Messages a second for one pod. */
    double perPod() {
        return perSecond(limit());
    }

    /** How many it takes, and one that may be away. */
    int pods(double perSecond) {
        return (int) Math.ceil(perSecond / perPod()) + 1;
    }

    /** Of the database, or of all databases. */
    int databaseProcessors(double perSecond) {
        return (int) Math.ceil(perSecond * way.databaseCpu() / USE);
    }

    /** Of the brokers, each record on one of them. */
    int brokerProcessors(double perSecond) {
        return (int) Math.ceil(perSecond * way.brokerCpu() / USE);
    }

    /** No fewer than pods: each has one at least. */
    int partitions(double perSecond) {
        return way.hasPartitions() ? Math.max(pods(perSecond), (int) Math.ceil(perSecond / (USE * PER_PARTITION))) : 0;
    }
}
