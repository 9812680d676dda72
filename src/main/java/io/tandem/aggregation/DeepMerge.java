package io.tandem.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tandem.message.Delivery;
import io.tandem.message.JsonBuffer;
import io.tandem.message.MergedReply.Members;
import io.tandem.message.MergedReply.Merged;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One body of all: objects are merged member by member in the order of the targets. Where two have different values for
 * the same member, the earlier target's stays, and the conflict is reported: never does the time of arrival decide.
 * Thread-safe.
 */
final class DeepMerge implements Shape {
    /** A place where targets have different values, by their names. */
    private record Conflict(String pointer, Map<String, JsonNode> values) {}

    /** One merge under way. */
    private static final class Run {
        private final Map<String, Conflict> conflicts = new LinkedHashMap<>();
        /** Who has set what is at a place, by its pointer. */
        private final Map<String, String> origins = new LinkedHashMap<>();

        private @Nullable JsonNode body;

        void add(String target, JsonNode other) {
            JsonNode current = body;
            if (current == null) {
                body = other.deepCopy();
                origins.put("", target);
            } else if (current instanceof ObjectNode into && other instanceof ObjectNode from) {
                merge("", into, from, target);
            } else {
                compare("", current, other, target);
            }
        }

        private void merge(String pointer, ObjectNode into, ObjectNode from, String target) {
            from.properties().forEach(member -> {
                String place = pointer + '/' + escaped(member.getKey());
                JsonNode mine = into.get(member.getKey());
                JsonNode others = member.getValue();
                if (mine == null) {
                    into.set(member.getKey(), others.deepCopy());
                    origins.put(place, target);
                } else if (mine instanceof ObjectNode object && others instanceof ObjectNode more) {
                    merge(place, object, more, target);
                } else {
                    compare(place, mine, others, target);
                }
            });
        }

        private void compare(String place, JsonNode mine, JsonNode others, String target) {
            if (mine.equals(others)) {
                return;
            }
            Conflict conflict = conflicts.computeIfAbsent(place, pointer -> {
                Map<String, JsonNode> values = new LinkedHashMap<>();
                values.put(owner(pointer), mine);
                return new Conflict(pointer, values);
            });
            conflict.values().put(target, others);
        }

        /** Whoever brought the place, or something around it. */
        private String owner(String place) {
            String at = place;
            while (!origins.containsKey(at)) {
                at = at.substring(0, at.lastIndexOf('/'));
            }
            return origins.get(at);
        }
    }

    @Override
    public @Nullable Merged merge(List<Delivery> deliveries) {
        Run run = new Run();
        for (Delivery delivery : deliveries) {
            if (delivery.delivered() && delivery.body() != null) {
                run.add(delivery.target(), Trees.of(delivery.body()));
            }
        }
        JsonBuffer out = new JsonBuffer(256);
        out.name("body").raw(Trees.bytes(run.body == null ? NullNode.getInstance() : run.body));
        out.comma().name("conflicts").raw('[');
        String separator = "";
        for (Conflict conflict : run.conflicts.values()) {
            out.raw(separator).raw('{').name("pointer").string(conflict.pointer());
            out.comma().name("values").raw('{');
            String comma = "";
            for (Map.Entry<String, JsonNode> value : conflict.values().entrySet()) {
                out.raw(comma).name(value.getKey()).raw(Trees.bytes(value.getValue()));
                comma = ",";
            }
            out.raw("}}");
            separator = ",";
        }
        return new Members(out.raw(']').toByteArray(), false);
    }

    /** RFC 6901, section 3. */
    private static String escaped(String member) {
        return member.replace("~", "~0").replace("/", "~1");
    }
}
