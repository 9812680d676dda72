package io.tandem.observe;

import io.tandem.config.Settings;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import io.tandem.observe.AccessFormat.Head;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per message: text on the logger {@code io.tandem.access}, JSON on {@code io.tandem.access.json}, whose lines
 * are written as they are. Holds ids, outcomes and times: never a body, a header or a credential, so nothing that a
 * caller or a target sent but the id of its trace, in hex. Thread-safe.
 */
final class AccessLog {
    private final @Nullable AccessFormat format;
    private final Logger log;

    AccessLog(Settings.AccessLog setting) {
        this.format = switch (setting) {
            case TEXT -> new TextLine();
            case JSON -> new JsonLine(Clock.systemUTC());
            case ECS -> new EcsLine(Clock.systemUTC());
            case OFF -> null;
        };
        this.log = LoggerFactory.getLogger(
                setting == Settings.AccessLog.TEXT ? "io.tandem.access" : "io.tandem.access.json");
    }

    /** @param entry where it came in, or {@code journal}: it went on from there */
    void replied(String entry, Message message, MergedReply reply, Duration took) {
        if (format != null && log.isInfoEnabled()) {
            log.info(format.replied(Head.of(message.id(), entry, reply.outcome(), took, message), reply));
        }
    }

    /** @param id under which it is journaled */
    void answered(Message message, String id, String outcome, Duration took) {
        if (format != null && log.isInfoEnabled()) {
            log.info(format.answered(Head.of(id, message.entry(), outcome, took, message)));
        }
    }

    void failed(Message message, Problem problem, Duration took) {
        if (format != null && log.isInfoEnabled()) {
            log.info(format.failed(Head.of(message.id(), message.entry(), "error", took, message), problem));
        }
    }

    /** @param reference names the occurrence: it never became a message */
    void refused(String reference, String entry, Problem problem) {
        if (format != null && log.isInfoEnabled()) {
            log.info(format.failed(new Head(reference, entry, "refused", Duration.ZERO, null), problem));
        }
    }
}
