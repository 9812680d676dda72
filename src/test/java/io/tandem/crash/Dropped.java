package io.tandem.crash;

import io.tandem.proof.Bodies;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A file that was dropped into the inbox.
 *
 * @param bodies the ids of its records, in their order
 */
record Dropped(String name, List<String> bodies) {
    Dropped {
        bodies = List.copyOf(bodies);
    }

    String content() {
        return bodies.stream().map(id -> Bodies.of(id) + "\n").collect(Collectors.joining());
    }
}
