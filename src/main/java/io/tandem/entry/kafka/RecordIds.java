package io.tandem.entry.kafka;

import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Ids of messages that come by records. Those of HTTP callers follow from where their record is, so that whoever wrote it
 * knows the id, and whoever has the id finds the record. Thread-safe.
 */
final class RecordIds {
    private static final int OFFSET_BITS = 48;
    private static final long OFFSETS = (1L << OFFSET_BITS) - 1;
    private static final int PARTITIONS = 1 << 16;

    // the deliveries to an ordered target are in the order of their messages' ids
    private final UlidFactory inOrder = UlidFactory.newMonotonicInstance();

    /** Where the record is that an id follows from. */
    record Place(int partition, long offset, long timestamp) {}

    /** Larger than all before. */
    String next() {
        return inOrder.create().toString();
    }

    /** That of a record; null when it has none, being too far out. */
    static @Nullable String of(String topic, Place place) {
        if (place.partition() >= PARTITIONS || place.offset() > OFFSETS || place.timestamp() < 0) {
            return null;
        }
        long partition = place.partition();
        byte[] rest = ByteBuffer.allocate(10)
                .putShort(mark(topic))
                .putLong(partition << OFFSET_BITS | place.offset())
                .array();
        return new Ulid(place.timestamp(), rest).toString();
    }

    /** Where its record would be in a topic; null when the id is none of that topic's. */
    static @Nullable Place in(String topic, String id) {
        if (!Ulid.isValid(id)) {
            return null;
        }
        Ulid ulid = Ulid.from(id);
        ByteBuffer rest = ByteBuffer.wrap(ulid.getRandom());
        short mark = rest.getShort();
        long where = rest.getLong();
        return mark == mark(topic) ? new Place((int) (where >>> OFFSET_BITS), where & OFFSETS, ulid.getTime()) : null;
    }

    private static short mark(String topic) {
        CRC32 checksum = new CRC32();
        checksum.update(topic.getBytes(StandardCharsets.UTF_8));
        return (short) checksum.getValue();
    }
}
