package io.tandem.entry.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.ulid.Ulid;
import org.junit.jupiter.api.Test;

class RecordIdsTest {
    @Test
    void placeIsFoundAgainWhenAnIdWasMadeOfIt() {
        RecordIds.Place place = new RecordIds.Place(65_535, (1L << 48) - 1, 1_795_000_000_123L);

        String id = RecordIds.of("orders", place);

        assertThat(Ulid.isValid(id)).isTrue();
        assertThat(Ulid.from(id).getTime()).isEqualTo(place.timestamp());
        assertThat(RecordIds.in("orders", id)).isEqualTo(place);
        assertThat(RecordIds.in("returns", id)).isNull();
        assertThat(RecordIds.in("orders", "nonsense")).isNull();
    }

    @Test
    void thereIsNoIdWhenTheRecordIsTooFarOut() {
        assertThat(RecordIds.of("orders", new RecordIds.Place(65_536, 0, 0))).isNull();
        assertThat(RecordIds.of("orders", new RecordIds.Place(0, 1L << 48, 0))).isNull();
        assertThat(RecordIds.of("orders", new RecordIds.Place(0, 0, -1))).isNull();
    }

    @Test
    void laterIdIsLargerWhenManyAreMadeAtOnce() {
        RecordIds ids = new RecordIds();
        String before = ids.next();
        for (int i = 0; i < 10_000; i++) {
            String next = ids.next();
            assertThat(next).isGreaterThan(before);
            before = next;
        }
    }
}
