package io.tandem.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchingAppenderTest {
    private static final int QUEUE = 100;

    private final PrintStream before = System.out;
    private final LoggerContext context = new LoggerContext();
    private final BatchingAppender appender = new BatchingAppender();
    private final SlowOutput output = new SlowOutput();

    /** Takes nothing before it is let. */
    private static final class SlowOutput extends OutputStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final AtomicInteger writes = new AtomicInteger();
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            entered.countDown();
            boolean interrupted = false;
            while (open.getCount() > 0) {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            writes.incrementAndGet();
            synchronized (taken) {
                taken.write(bytes, offset, length);
            }
        }

        List<String> lines() {
            synchronized (taken) {
                return taken.toString(StandardCharsets.UTF_8).lines().toList();
            }
        }
    }

    @BeforeEach
    void start() {
        System.setOut(new PrintStream(output, false, StandardCharsets.UTF_8));
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        appender.setContext(context);
        appender.setQueueSize(QUEUE);
        appender.setEncoder(encoder);
        appender.start();
    }

    @AfterEach
    void stop() {
        output.open.countDown();
        appender.stop();
        System.setOut(before);
    }

    private void log(int number) {
        ILoggingEvent event =
                new LoggingEvent("", context.getLogger("x"), Level.INFO, "line " + number, null, new Object[0]);
        appender.doAppend(event);
    }

    private static List<String> lines(int from, int end) {
        return IntStream.range(from, end).mapToObj(number -> "line " + number).toList();
    }

    @Test
    void linesThatComeMeanwhileAreWrittenAtOnceAndInOrder() throws InterruptedException {
        log(0);
        output.entered.await();
        IntStream.rangeClosed(1, 50).forEach(this::log);
        output.open.countDown();

        await().untilAsserted(() -> assertThat(output.lines()).isEqualTo(lines(0, 51)));
        assertThat(output.writes).hasValue(2);
    }

    @Test
    void linesAreDroppedAndNobodyWaitsWhenTheOutputCannotKeepUp() throws InterruptedException {
        log(0);
        output.entered.await();
        IntStream.rangeClosed(1, 3 * QUEUE).forEach(this::log);
        output.open.countDown();

        await().untilAsserted(() -> assertThat(output.lines()).isEqualTo(lines(0, QUEUE + 1)));
        log(777);
        await().untilAsserted(() -> assertThat(output.lines()).endsWith("line 777"));
    }

    @Test
    void whatHasComeIsWrittenWhenItIsStopped() {
        output.open.countDown();
        IntStream.range(0, 80).forEach(this::log);
        appender.stop();

        assertThat(output.lines()).isEqualTo(lines(0, 80));
    }
}
