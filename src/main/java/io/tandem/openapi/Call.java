package io.tandem.openapi;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Tandem itself answers, by the beans that its routes answer with. */
enum Call {
    /** A message, answered with the merged reply. */
    SEND,
    /** The same, with Prefer and Idempotency-Key. */
    SEND_GUARANTEED,
    /** A page of messages. */
    LIST,
    /** One message. */
    SHOW,
    /** One message, tried again. */
    REPLAY,
    /** A document of the status page. */
    WATCH,
    /** The one of them that is about one message. */
    STORY;

    /** @param beans that an operation's steps refer to; null when the answer is for the users' own route to say */
    static @Nullable Call of(Set<String> beans) {
        if (beans.contains("httpReply")) {
            return beans.contains("guaranteedDelivery") ? SEND_GUARANTEED : SEND;
        }
        if (beans.contains("listMessages")) {
            return LIST;
        }
        if (beans.contains("showMessage")) {
            return SHOW;
        }
        return beans.contains("replayMessage") ? REPLAY : null;
    }

    boolean sends() {
        return this == SEND || this == SEND_GUARANTEED;
    }
}
