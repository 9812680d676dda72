package io.tandem.observe;

import io.tandem.message.JsonBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * What the probes ask. Alive means: restarting would not help. Ready means: a message that comes now can meet the
 * completion policy. Thread-safe.
 */
public final class Health {
    /**
     * The state of one part.
     *
     * @param up whether the part lets the whole be ready (or live)
     * @param data details for people; no secrets
     */
    public record Check(String name, boolean up, Map<String, String> data) {}

    private final List<Supplier<List<Check>>> readiness = new CopyOnWriteArrayList<>();
    private final List<Supplier<List<Check>>> liveness = new CopyOnWriteArrayList<>();

    /** Adds checks for readiness; asked at each probe. */
    public void addReadiness(Supplier<List<Check>> checks) {
        readiness.add(checks);
    }

    /** Adds checks for liveness; asked at each probe. */
    public void addLiveness(Supplier<List<Check>> checks) {
        liveness.add(checks);
    }

    /** What readiness says now. */
    public List<Check> ready() {
        return ask(readiness);
    }

    List<Check> live() {
        return ask(liveness);
    }

    private static List<Check> ask(List<Supplier<List<Check>>> suppliers) {
        return suppliers.stream().flatMap(supplier -> supplier.get().stream()).toList();
    }

    static boolean isUp(List<Check> checks) {
        return checks.stream().allMatch(Check::up);
    }

    /** In the form of Camel's and MicroProfile's health documents. */
    static byte[] toJson(List<Check> checks) {
        JsonBuffer out = new JsonBuffer(256).raw('{').name("status").string(isUp(checks) ? "UP" : "DOWN");
        out.comma().name("checks").raw('[');
        String separator = "";
        for (Check check : checks) {
            out.raw(separator).raw('{').name("name").string(check.name());
            out.comma().name("status").string(check.up() ? "UP" : "DOWN");
            if (!check.data().isEmpty()) {
                out.comma().name("data").raw('{');
                String comma = "";
                for (Map.Entry<String, String> entry : check.data().entrySet()) {
                    out.raw(comma).name(entry.getKey()).string(entry.getValue());
                    comma = ",";
                }
                out.raw('}');
            }
            out.raw('}');
            separator = ",";
        }
        return out.raw("]}").toByteArray();
    }
}
