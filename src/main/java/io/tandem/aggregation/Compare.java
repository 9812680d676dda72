package io.tandem.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.flipkart.zjsonpatch.JsonDiff;
import io.tandem.message.Delivery;
import io.tandem.message.JsonBuffer;
import io.tandem.message.MergedReply.Members;
import io.tandem.message.MergedReply.Merged;
import io.tandem.message.ReplyBody;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bodies, and what would have to be changed in that of the first target to get that of each other (RFC 6902).
 * Thread-safe.
 */
final class Compare implements Shape {
    private final List<List<String>> ignored;

    /** @param ignored JSON Pointers (RFC 6901) of what may differ; {@code *} stands for every member or element */
    Compare(List<String> ignored) {
        this.ignored = ignored.stream().map(Compare::segments).toList();
    }

    @Override
    public @Nullable Merged merge(List<Delivery> deliveries) {
        JsonBuffer out = new JsonBuffer(256).name("comparison").raw('{');
        if (deliveries.isEmpty()) {
            return new Members(out.raw('}').toByteArray(), true);
        }
        Delivery reference = deliveries.get(0);
        JsonNode expected = tree(reference);
        boolean equal = expected != null;
        JsonBuffer differences = new JsonBuffer(256).raw('{');
        String separator = "";
        for (Delivery other : deliveries.subList(1, deliveries.size())) {
            JsonNode actual = tree(other);
            differences.raw(separator).name(other.target());
            if (expected == null || actual == null) {
                equal = false;
                differences.raw("null");
            } else {
                JsonNode patch = JsonDiff.asJson(expected, actual);
                equal &= patch.isEmpty();
                differences.raw(Trees.bytes(patch));
            }
            separator = ",";
        }
        out.name("reference").string(reference.target());
        out.comma().name("equal").bool(equal);
        out.comma().name("differences").raw(differences.raw('}').toByteArray());
        return new Members(out.raw('}').toByteArray(), true);
    }

    /** Null when there is nothing to compare. */
    private @Nullable JsonNode tree(Delivery delivery) {
        ReplyBody body = delivery.body();
        if (!delivery.delivered() || body == null) {
            return null;
        }
        JsonNode tree = Trees.of(body);
        ignored.forEach(segments -> remove(tree, segments));
        return tree;
    }

    private static void remove(JsonNode node, List<String> segments) {
        String segment = segments.get(0);
        boolean last = segments.size() == 1;
        if (segment.equals("*")) {
            if (!last) {
                node.forEach(child -> remove(child, segments.subList(1, segments.size())));
            } else if (node instanceof ObjectNode object) {
                object.removeAll();
            } else if (node instanceof ArrayNode array) {
                array.removeAll();
            }
        } else if (node instanceof ObjectNode object) {
            if (last) {
                object.remove(segment);
            } else if (object.has(segment)) {
                remove(object.get(segment), segments.subList(1, segments.size()));
            }
        } else if (node instanceof ArrayNode array && segment.matches("0|[1-9]\\d{0,8}")) {
            int index = Integer.parseInt(segment);
            if (last && index < array.size()) {
                // not removed: what follows would move
                array.setNull(index);
            } else if (index < array.size()) {
                remove(array.get(index), segments.subList(1, segments.size()));
            }
        }
    }

    private static List<String> segments(String pointer) {
        return Arrays.stream(pointer.substring(1).split("/", -1))
                .map(segment -> segment.replace("~1", "/").replace("~0", "~"))
                .toList();
    }
}
