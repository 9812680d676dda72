package io.tandem.entry.http;

import io.tandem.journal.DeliveryState;
import io.tandem.journal.StoredDelivery;
import io.tandem.journal.StoredMessage;
import io.tandem.message.Delivery;
import io.tandem.message.JsonBuffer;
import io.tandem.message.ReplyBody;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A journaled message as callers see it. */
public final class MessageDocument {
    private MessageDocument() {}

    /** One message to targets that are all configured, with their replies. UTF-8. */
    public static byte[] of(StoredMessage message) {
        return of(message, target -> true);
    }

    /** The same for one that was handed in when other targets may have been configured. */
    static byte[] of(StoredMessage message, Predicate<String> isConfigured) {
        JsonBuffer out = new JsonBuffer(512);
        write(message, isConfigured, out);
        return out.toByteArray();
    }

    /**
     * A page of messages.
     *
     * @param next where the next page is, or null
     */
    public static byte[] of(List<StoredMessage> page, @Nullable String next) {
        return of(page, next, target -> true);
    }

    /** The same for messages that were handed in when other targets may have been configured. */
    static byte[] of(List<StoredMessage> page, @Nullable String next, Predicate<String> isConfigured) {
        JsonBuffer out = new JsonBuffer(512 + 512 * page.size()).raw("{\"messages\":[");
        for (int i = 0; i < page.size(); i++) {
            if (i > 0) {
                out.comma();
            }
            write(page.get(i), isConfigured, out);
        }
        out.raw(']');
        if (next != null) {
            out.comma().name("next").string(next);
        }
        return out.raw('}').toByteArray();
    }

    private static void write(StoredMessage message, Predicate<String> isConfigured, JsonBuffer out) {
        out.raw('{').name("id").string(message.id());
        out.comma().name("state").string(message.state().word());
        out.comma().name("entry").string(message.entry());
        out.comma().name("received").string(time(message.received()));
        if (message.contentType() != null) {
            out.comma().name("contentType").string(message.contentType());
        }
        out.comma().name("size").number(message.size());
        out.comma().name("deliveries").raw('{');
        String separator = "";
        for (StoredDelivery delivery : message.deliveries()) {
            out.raw(separator).name(delivery.target());
            write(delivery, isConfigured.test(delivery.target()), out);
            separator = ",";
        }
        out.raw("}}");
    }

    private static void write(StoredDelivery delivery, boolean configured, JsonBuffer out) {
        out.raw('{').name("state").string(delivery.state().word());
        out.comma().name("attempts").number(delivery.attempts());
        Instant next = delivery.nextAttempt();
        boolean open = delivery.state() == DeliveryState.PENDING || delivery.state() == DeliveryState.DEAD;
        if (open && !configured) {
            out.comma().name("targetRemoved").bool(true);
        } else if (delivery.taken()) {
            out.comma().name("inFlight").bool(true);
        } else if (next != null && delivery.state() == DeliveryState.PENDING) {
            out.comma().name("nextAttempt").string(time(next));
        }
        Delivery last = delivery.last();
        if (last != null) {
            out.comma().name("outcome").string(last.outcome().word());
            if (last.status() > 0) {
                out.comma().name("status").number(last.status());
            }
            out.comma().name("tookMs").number(last.took().toMillis());
            ReplyBody body = last.body();
            if (body != null) {
                out.comma().name("body").raw(body.json());
                if (body.encoding() != null) {
                    out.comma().name("bodyEncoding").string(body.encoding());
                }
            }
            if (last.problem() != null) {
                out.comma().name("problem").raw('{');
                last.problem().writeMembers(out, last.problem().status());
                out.raw('}');
            }
        }
        out.raw('}');
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
