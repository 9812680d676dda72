package io.tandem.observe;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that spans can't be sent, and once that they can again; OpenTelemetry would say it over and over. */
final class ToldExporter implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.tracing");

    private final SpanExporter exporter;
    private final AtomicBoolean failing = new AtomicBoolean();

    /** Held, since java.util.logging itself holds loggers but weakly. */
    private final java.util.logging.Logger noisy = java.util.logging.Logger.getLogger("io.opentelemetry");

    ToldExporter(SpanExporter exporter) {
        this.exporter = exporter;
        noisy.setLevel(Level.OFF);
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode sent = exporter.export(spans);
        sent.whenComplete(() -> {
            if (failing.compareAndSet(sent.isSuccess(), !sent.isSuccess())) {
                if (sent.isSuccess()) {
                    LOG.info("the collector of tandem.otlp.url takes traces again");
                } else {
                    LOG.warn("the collector of tandem.otlp.url does not take traces: they are dropped");
                }
            }
        });
        return sent;
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
