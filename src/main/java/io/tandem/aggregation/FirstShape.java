package io.tandem.aggregation;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply.Alone;
import io.tandem.message.MergedReply.Merged;
import io.tandem.message.ReplyBody;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of the target that delivered first, alone. */
final class FirstShape implements Shape {
    private static final ReplyBody NOTHING =
            ReplyBody.of("null".getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json");

    @Override
    public @Nullable Merged merge(List<Delivery> deliveries) {
        // two may have delivered before one of them could be cancelled
        return deliveries.stream()
                .filter(Delivery::delivered)
                .min(Comparator.comparing(Delivery::took))
                .map(first -> new Alone(first.body() == null ? NOTHING : first.body()))
                .orElse(null);
    }
}
