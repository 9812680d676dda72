package io.tandem.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Everything that is logged in this JVM between making and closing. */
public final class Logs implements AutoCloseable {
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Map<Logger, Level> before = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            String line = event.getLoggerName()
                    + ' '
                    + event.getLevel()
                    + ' '
                    + event.getFormattedMessage()
                    + (thrown == null ? "" : '\n' + ThrowableProxyUtil.asString(thrown));
            synchronized (lines) {
                lines.add(line);
            }
        }
    };

    /** @param levels by logger, besides those that are set */
    public Logs(Map<String, Level> levels) {
        appender.setContext(context);
        appender.start();
        levels.forEach((name, level) -> {
            Logger logger = context.getLogger(name);
            before.put(logger, logger.getLevel());
            logger.setLevel(level);
        });
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    /** The lines of one logger, each with its level. */
    public List<String> of(String logger) {
        return all().stream()
                .filter(line -> line.startsWith(logger + ' '))
                .map(line -> line.substring(logger.length() + 1))
                .toList();
    }

    /** All lines: logger, level, message, stack trace. */
    public List<String> all() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    public void close() {
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
        before.forEach(Logger::setLevel);
    }
}
