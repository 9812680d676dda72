package io.tandem.proof;

import java.util.SplittableRandom;

/**
 * What targets answer: decided by the seed, the target, the message and how often it came, so that a run can be had
 * again. Immutable.
 *
 * @param late of 1000 requests, so many are answered late
 * @param lateMs how late at most
 * @param busy of 1000 requests, so many get 503
 * @param cut of 1000 requests, so many are reset before they are processed
 * @param lost of 1000 requests, so many are reset after they were processed
 */
public record Faults(long seed, int late, int lateMs, int busy, int cut, int lost) {
    /** From this time on, a message gets a good answer: so that a run ends. */
    private static final int PATIENCE = 4;

    public static Faults none() {
        return new Faults(0, 0, 0, 0, 0, 0);
    }

    /** Some of everything. */
    public static Faults some(long seed) {
        return new Faults(seed, 60, 400, 40, 20, 20);
    }

    /** One answer. */
    public record Decision(Reply reply, int delayMs) {}

    /** @param time the how-manieth request for this message it is, from 1 */
    public Decision decide(String target, String body, int time) {
        SplittableRandom random = new SplittableRandom(
                seed ^ (target.hashCode() * 0x9E3779B97F4A7C15L) ^ (body.hashCode() * 0xC2B2AE3D27D4EB4FL) ^ time);
        int dice = random.nextInt(1000);
        int delay = lateMs == 0 ? 0 : 1 + random.nextInt(lateMs);
        if (time > PATIENCE) {
            return new Decision(Reply.OK, 0);
        }
        if ((dice -= late) < 0) {
            return new Decision(Reply.LATE, delay);
        }
        if ((dice -= busy) < 0) {
            return new Decision(Reply.BUSY, 0);
        }
        if ((dice -= cut) < 0) {
            return new Decision(Reply.CUT, 0);
        }
        if ((dice -= lost) < 0) {
            return new Decision(Reply.LOST, 0);
        }
        return new Decision(Reply.OK, 0);
    }
}
