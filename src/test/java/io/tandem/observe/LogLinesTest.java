package io.tandem.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the packaged logging configuration makes of an event. */
class LogLinesTest {
    private static final String STAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ ";

    private final LoggerContext context = new LoggerContext();
    private OutputStreamAppender<ILoggingEvent> console;

    @BeforeEach
    void configure() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());
        console = (OutputStreamAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("CONSOLE");
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private String line(String message, Throwable thrown) {
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("io.tandem.x"), Level.WARN, "{}", thrown, new Object[] {message});
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void eventIsOneLineWhenItHasNoException() {
        assertThat(line("Bestellung für \u2603 'a' {b}", null))
                .matches(STAMP + "WARN  Bestellung für \u2603 'a' \\{b}\n");
    }

    @Test
    void exceptionIsOneLineMore() {
        assertThat(line("broken", new IllegalStateException("why")))
                .matches(STAMP + "WARN  broken\njava.lang.IllegalStateException: why\n");
    }

    @Test
    void noLineIsForgedWhenMessagesCarryControlCharacters() {
        String evil = "a\n2026-11-23T00:00:00Z INFO  forged\r\nb\u001b[31m\u0007\u0000\u0085\u2028\u2029\u009b\tc";

        assertThat(line(evil, null))
                .matches(STAMP + "WARN  a\\?2026-11-23T00:00:00Z INFO  forged\\?\\?b\\?\\[31m\\?{7}c\n");
        assertThat(line("broken", new IllegalStateException(evil)))
                .matches(STAMP + "WARN  broken\njava.lang.IllegalStateException: a\\?2026[^\\p{Cntrl}]*c\n");
    }

    @Test
    void textDoesNotChangeItsDirectionOrHideInALine() {
        assertThat(line("a\u202eb\u2066c\u2069d\u200be\u200ff\u061cg\ufeffh\u2060i", null))
                .matches(STAMP + "WARN  a\\?b\\?c\\?d\\?e\\?f\\?g\\?h\\?i\n");
    }

    /** Netty tells with a stack trace and the caller's own words how a connection broke. */
    @ParameterizedTest
    @ValueSource(strings = {"AbstractChannelHandlerContext", "DefaultChannelPipeline"})
    void nothingIsLoggedOfWhatCallersDoToTheirConnections(String logger) {
        assertThat(context.getLogger("io.netty.channel." + logger).isErrorEnabled())
                .isFalse();
    }
}
