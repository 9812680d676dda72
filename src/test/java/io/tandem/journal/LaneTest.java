package io.tandem.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long start = System.nanoTime() + SECOND;
    private final Lane lane = new Lane(8, failures -> failures * SECOND);

    @Test
    void allPlacesAreUsedWhileTheTargetAnswers() {
        assertThat(lane.free(start)).isEqualTo(8);

        take(5, start);

        assertThat(lane.free(start)).isEqualTo(3);
    }

    @Test
    void nothingIsAskedForBeforeItCanBeDue() {
        lane.taking();
        lane.taken(0, lane.looks(), start + 5 * SECOND);

        assertThat(lane.free(start)).isZero();
        assertThat(lane.waitNanos(start)).isEqualTo(5 * SECOND);
        assertThat(lane.free(start + 5 * SECOND)).isEqualTo(8);
    }

    @Test
    void announcementIsNotMissedWhenItComesWhileTheJournalIsAsked() {
        long looks = lane.looks();
        lane.taking();
        lane.look(start);
        lane.taken(0, looks, start + 5 * SECOND);

        assertThat(lane.free(start)).isEqualTo(8);
    }

    @Test
    void oneDeliveryAtATimeProbesTheTargetWhenAllFail() {
        take(8, start);
        for (int i = 0; i < 8; i++) {
            lane.failed(start, 0);
            lane.end();
        }

        // what was under way when the target went down counts as one failure
        assertThat(lane.free(start)).isZero();
        assertThat(lane.free(start + SECOND)).isEqualTo(1);

        take(1, start + SECOND);
        lane.failed(start + SECOND, 0);
        lane.end();

        assertThat(lane.free(start + 2 * SECOND)).isZero();
        assertThat(lane.free(start + 3 * SECOND)).isEqualTo(1);
    }

    @Test
    void pauseIsAsLongAsTheTargetAsksForButBounded() {
        Lane single = new Lane(1, failures -> SECOND);
        single.failed(start, 4 * SECOND);
        assertThat(single.waitNanos(start)).isEqualTo(4 * SECOND);

        single.failed(start + 4 * SECOND, 3600 * SECOND);
        assertThat(single.waitNanos(start + 4 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void deliveriesDoubleWithEachRoundWhenTheTargetIsBack() {
        oneDeliveryAtATimeProbesTheTargetWhenAllFail();
        long now = start + 3 * SECOND;
        assertThat(lane.isRecovering()).isTrue();
        for (int places : new int[] {1, 2, 4, 8, 8}) {
            assertThat(lane.free(now)).isEqualTo(places);
            take(places, now);
            for (int i = 0; i < places; i++) {
                lane.succeeded(now);
                lane.end();
            }
        }

        assertThat(lane.isRecovering()).isTrue();
        lane.taking();
        lane.taken(0, lane.looks(), now + SECOND);
        assertThat(lane.isRecovering()).isFalse();
    }

    @Test
    void newMessagesDoNotOvertakeWhatWaits() {
        assertThat(lane.tryBegin(start)).isFalse();

        lane.taking();
        lane.taken(0, lane.looks(), start + SECOND);

        assertThat(lane.tryBegin(start)).isTrue();
        lane.look(start);
        assertThat(lane.tryBegin(start)).isFalse();
    }

    private void take(int deliveries, long now) {
        lane.taking();
        lane.taken(deliveries, lane.looks(), now);
    }
}
