package io.tandem.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tandem.message.JsonBuffer;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * How much is logged of each target; can be changed while Tandem runs, until it ends. At {@code debug}, that is each
 * attempt. Thread-safe.
 */
public final class LogLevels {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevels.class);
    private static final Map<String, Level> LEVELS =
            Map.of("debug", Level.DEBUG, "info", Level.INFO, "warn", Level.WARN, "off", Level.OFF);

    private final Supplier<Set<String>> targets;

    /** @param targets the names of those that there are */
    public LogLevels(Supplier<Set<String>> targets) {
        this.targets = targets;
    }

    /** Sets a level; returns what is wrong with that, or null. */
    @Nullable
    Problem set(String target, String level) {
        Level wanted = LEVELS.get(level.strip().toLowerCase(Locale.ROOT));
        if (!targets.get().contains(target)) {
            return Problem.of(ProblemType.NOT_FOUND, "There is no such target.");
        }
        if (wanted == null) {
            return Problem.of(ProblemType.MALFORMED_REQUEST, "The body is one of debug, info, warn, off.");
        }
        logger(target).setLevel(wanted);
        LOG.info("target {}: its log level is {}", target, word(wanted));
        return null;
    }

    /** Levels by target. */
    byte[] toJson() {
        JsonBuffer out = new JsonBuffer(128).raw('{');
        String separator = "";
        for (String target : targets.get()) {
            out.raw(separator).name(target).string(word(logger(target).getEffectiveLevel()));
            separator = ",";
        }
        return out.raw('}').toByteArray();
    }

    private static String word(Level level) {
        return level.toString().toLowerCase(Locale.ROOT);
    }

    private static Logger logger(String target) {
        return (Logger) LoggerFactory.getLogger("io.tandem.target." + target);
    }
}
