package io.tandem.scaling;

/**
 * Instances that are all alike, as the model sees them. Times are in seconds.
 *
 * @param maxInFlight messages that one of them works on at the same time; beyond it, they are refused
 * @param places attempts at one target at the same time, of each instance; beyond it, they wait
 * @param processors of each instance
 * @param cpu processor time that a message takes, one half before the targets and one behind them
 * @param overhead what an attempt takes besides the time of the target
 */
record Deployment(
        int instances, int maxInFlight, int places, int processors, double cpu, double overhead, Journal journal) {
    /** As many as one likes. */
    static final int UNBOUNDED = Integer.MAX_VALUE;

    /**
     * One that waits for its targets and for nothing else.
     *
     * @param maxInFlight messages at the same time
     */
    static Deployment bounded(int instances, int maxInFlight) {
        return new Deployment(instances, maxInFlight, UNBOUNDED, UNBOUNDED, 0, 0, Journal.NONE);
    }

    Deployment withPlaces(int attempts) {
        return new Deployment(instances, maxInFlight, attempts, processors, cpu, overhead, journal);
    }

    Deployment withProcessors(int number, double secondsPerMessage) {
        return new Deployment(instances, maxInFlight, places, number, secondsPerMessage, overhead, journal);
    }

    Deployment withOverhead(double seconds) {
        return new Deployment(instances, maxInFlight, places, processors, cpu, seconds, journal);
    }

    Deployment withJournal(Journal other) {
        return new Deployment(instances, maxInFlight, places, processors, cpu, overhead, other);
    }

    /**
     * Where a message is written before its targets get it, and what became of it after that. One transaction at a time,
     * of all that came while the last one was under way.
     *
     * @param writes for each message; 0: there is no journal
     * @param sync what a transaction takes however much is in it
     * @param perWrite what each write adds to it
     * @param most writes in one transaction
     */
    record Journal(int writes, double sync, double perWrite, int most) {
        static final Journal NONE = new Journal(0, 0, 0, 1);
    }
}
