package io.tandem.proof;

import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bodies of messages: each follows from its id, so that whoever gets one can tell whether it is unharmed. */
public final class Bodies {
    private static final Pattern ID = Pattern.compile("\\{\"id\":\"([a-z0-9-]+)\"");

    /** Of 1000 bodies, so many are larger than what the journal keeps in its database. */
    private static final int LARGE = 5;

    private Bodies() {}

    public static String of(String id) {
        SplittableRandom random = new SplittableRandom(id.hashCode());
        int size = random.nextInt(1000) < LARGE ? 70_000 + random.nextInt(30_000) : random.nextInt(400);
        StringBuilder body =
                new StringBuilder(size + 64).append("{\"id\":\"").append(id).append("\",\"note\":\"");
        for (int i = 0; i < size; i++) {
            body.append((char) ('a' + random.nextInt(26)));
        }
        return body.append("\"}").toString();
    }

    /** The id of a body, or null when it has none. */
    public static @Nullable String id(String body) {
        Matcher matcher = ID.matcher(body);
        return matcher.lookingAt() ? matcher.group(1) : null;
    }
}
