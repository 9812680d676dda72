package io.tandem.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** No log while a command says itself what is wrong, in its own words. */
final class QuietLog {
    private QuietLog() {}

    static <T> T during(Supplier<T> command) {
        Map<Logger, Level> levels = new LinkedHashMap<>();
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger, logger.getLevel());
                logger.setLevel(Level.OFF);
            }
        }
        try {
            return command.get();
        } finally {
            levels.forEach(Logger::setLevel);
        }
    }
}
