package io.tandem.crash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What callers heard, and what the journal said: by what Tandem's promises are judged. Thread-safe. */
final class Evidence {
    /**
     * A message that Tandem has accepted: from now on it must not be lost.
     *
     * @param how what said so
     */
    record Accepted(String body, String how) {}

    /**
     * A delivery of which Tandem has said that it succeeded: it must not be made again.
     *
     * @param at when that was heard, by {@link System#nanoTime}
     * @param how what said so
     */
    record Known(String target, String message, long at, String how) {}

    private final Map<String, Accepted> accepted = new LinkedHashMap<>();
    private final Map<String, Known> known = new LinkedHashMap<>();
    private final List<String> complaints = new ArrayList<>();

    synchronized void accepted(String body, String how) {
        accepted.putIfAbsent(body, new Accepted(body, how));
    }

    /** @param message its id, as Tandem gave it */
    void delivered(String target, String message, String how) {
        delivered(target, message, System.nanoTime(), how);
    }

    synchronized void delivered(String target, String message, long at, String how) {
        known.putIfAbsent(target + " " + message, new Known(target, message, at, how));
    }

    /** Something that no caller should see. */
    synchronized void complain(@Nullable String what) {
        complaints.add(String.valueOf(what));
    }

    synchronized List<Accepted> accepted() {
        return List.copyOf(accepted.values());
    }

    synchronized int acceptedSoFar() {
        return accepted.size();
    }

    synchronized List<Known> known() {
        return List.copyOf(known.values());
    }

    synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }
}
