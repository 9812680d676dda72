package io.tandem.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A collector that keeps the spans it gets by OTLP over HTTP. Thread-safe. */
public final class TraceCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Seen> spans = new CopyOnWriteArrayList<>();

    /** One span; ids are in hex, and the parent's is empty when there is none. */
    public record Seen(String traceId, String id, String parent, Span span, Map<String, String> tags) {
        public String name() {
            return span.getName();
        }

        public long start() {
            return span.getStartTimeUnixNano();
        }

        public long end() {
            return span.getEndTimeUnixNano();
        }

        public boolean failed() {
            return span.getStatus().getCodeValue() == 2;
        }
    }

    public TraceCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Those that came so far. */
    public List<Seen> spans() {
        return List.copyOf(spans);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .flatMap(scope -> scope.getSpansList().stream())
                    .map(TraceCollector::seen)
                    .forEach(spans::add);
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Seen seen(Span span) {
        HexFormat hex = HexFormat.of();
        return new Seen(
                hex.formatHex(span.getTraceId().toByteArray()),
                hex.formatHex(span.getSpanId().toByteArray()),
                hex.formatHex(span.getParentSpanId().toByteArray()),
                span,
                span.getAttributesList().stream()
                        .collect(Collectors.toMap(
                                KeyValue::getKey,
                                tag -> tag.getValue().hasStringValue()
                                        ? tag.getValue().getStringValue()
                                        : Long.toString(tag.getValue().getIntValue()))));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
