package io.tandem.target;

import com.jayway.jsonpath.JsonPath;
import io.tandem.config.Settings;
import io.tandem.message.Message;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a target is meant to get. The predicate is the configuration's; nothing of a message is ever taken for one.
 * Thread-safe.
 */
final class TargetCondition {
    private final Predicate predicate;

    private TargetCondition(Predicate predicate) {
        this.predicate = predicate;
    }

    /**
     * Makes the condition of a target.
     *
     * @return null when it gets all messages
     * @throws IllegalArgumentException when the condition can't be read
     */
    static @Nullable TargetCondition of(Settings.Target target, CamelContext context) {
        Settings.Condition when = target.when();
        if (when == null) {
            return null;
        }
        String key = "target." + target.name() + ".when";
        try {
            if (when.language().equals("jsonpath") && when.predicate().startsWith("$")) {
                // Camel would find out with the first message
                JsonPath.compile(when.predicate());
            }
            Predicate predicate = context.resolveLanguage(when.language()).createPredicate(when.predicate());
            predicate.init(context);
            return new TargetCondition(predicate);
        } catch (NoSuchLanguageException e) {
            throw new IllegalArgumentException(
                    key + ": there is no language '" + when.language() + "' here; jsonpath and simple are two");
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    key + ": '" + when.predicate() + "' is no " + when.language() + " predicate: " + reason(e));
        }
    }

    /** In one line. */
    private static String reason(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Whether the target is meant to get the message.
     *
     * @throws RuntimeException whatever the language throws when it can't tell
     */
    boolean matches(Exchange exchange, Message message) {
        // a message that the journal brings back comes without the headers that it had
        message.headers().forEach(exchange.getMessage().getHeaders()::putIfAbsent);
        return predicate.matches(exchange);
    }
}
