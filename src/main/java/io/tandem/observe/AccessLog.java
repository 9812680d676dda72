package io.tandem.observe;

import io.tandem.config.Settings;
import io.tandem.message.Delivery;
import io.tandem.message.JsonBuffer;
import io.tandem.message.MergedReply;
import io.tandem.message.Message;
import io.tandem.message.Problem;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per message, on the logger {@code io.tandem.access}. Holds ids, outcomes and times: never a body, a header or
 * a credential, so nothing that a caller or a target sent. Thread-safe.
 */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.access");

    private final Settings.AccessLog format;

    AccessLog(Settings.AccessLog format) {
        this.format = format;
    }

    private boolean isOff() {
        return format == Settings.AccessLog.OFF || !LOG.isInfoEnabled();
    }

    void replied(Message message, MergedReply reply, Duration took) {
        if (isOff()) {
            return;
        }
        if (format == Settings.AccessLog.JSON) {
            JsonBuffer line = start(message.id(), message.entry(), reply.outcome(), took);
            line.comma()
                    .name("policyMet")
                    .bool(reply.policyMet())
                    .comma()
                    .name("targets")
                    .raw('{');
            String separator = "";
            for (Delivery delivery : reply.deliveries()) {
                line.raw(separator).name(delivery.target()).raw('{');
                line.name("outcome").string(delivery.outcome().word());
                line.comma().name("status").number(delivery.status());
                line.comma().name("attempts").number(delivery.attempts());
                line.comma().name("tookMs").number(delivery.took().toMillis()).raw('}');
                separator = ",";
            }
            LOG.info(line.raw("}}").toString());
        } else {
            StringBuilder line = new StringBuilder(160);
            line.append(message.id())
                    .append(' ')
                    .append(message.entry())
                    .append(' ')
                    .append(reply.outcome());
            line.append(reply.policyMet() ? " ok " : " not-met ")
                    .append(took.toMillis())
                    .append("ms");
            for (Delivery delivery : reply.deliveries()) {
                line.append(' ')
                        .append(delivery.target())
                        .append('=')
                        .append(delivery.outcome().word());
                line.append('/').append(delivery.status()).append('/').append(delivery.attempts());
                line.append('/').append(delivery.took().toMillis()).append("ms");
            }
            LOG.info(line.toString());
        }
    }

    void answered(String id, String entry, String outcome, Duration took) {
        if (isOff()) {
            return;
        }
        if (format == Settings.AccessLog.JSON) {
            LOG.info(start(id, entry, outcome, took).raw('}').toString());
        } else {
            LOG.info(id + ' ' + entry + ' ' + outcome + ' ' + took.toMillis() + "ms");
        }
    }

    void failed(String id, String entry, String outcome, Problem problem, Duration took) {
        if (isOff()) {
            return;
        }
        if (format == Settings.AccessLog.JSON) {
            LOG.info(start(id, entry, outcome, took)
                    .comma()
                    .name("problem")
                    .string(problem.type().type())
                    .comma()
                    .name("status")
                    .number(problem.status())
                    .raw('}')
                    .toString());
        } else {
            LOG.info(id
                    + ' '
                    + entry
                    + ' '
                    + outcome
                    + ' '
                    + problem.status()
                    + ' '
                    + problem.type().type());
        }
    }

    private static JsonBuffer start(String id, String entry, String outcome, Duration took) {
        return new JsonBuffer(256)
                .raw('{')
                .name("id")
                .string(id)
                .comma()
                .name("entry")
                .string(entry)
                .comma()
                .name("outcome")
                .string(outcome)
                .comma()
                .name("tookMs")
                .number(took.toMillis());
    }
}
