package io.tandem.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tandem.message.Problem;
import io.tandem.message.ReplyBody;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A running Tandem, over HTTP. Thread-safe. */
final class TandemClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final String MESSAGE_ID = "Tandem-Message-Id";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final HttpClient client;
    private final HttpRequest.Builder template;
    private final Duration timeout;

    /**
     * An answer of Tandem.
     *
     * @param id of the message, or of the refusal; may be empty
     * @param outcome of the message; empty when there is none
     * @param document its body; missing when it is no JSON
     * @param body the same, as it came
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(int status, String id, String outcome, JsonNode document, byte[] body) {
        boolean ok() {
            return status < 300;
        }

        /** What went wrong, in one line. */
        String reason() {
            if (!document.isObject()) {
                return "status " + status;
            }
            String title = document.path("title").asText("");
            String detail = document.path("detail").asText("");
            if (document.has("replies") && !detail.isEmpty()) {
                // of a merged reply, the title says no more
                return Text.printable(detail);
            }
            return Text.printable(detail.isEmpty() ? title : title + ": " + detail);
        }
    }

    /**
     * @param base without a slash at its end
     * @param headers of each call
     * @param tls null: as the Java runtime does it
     * @throws IllegalArgumentException when a header can't be sent
     */
    TandemClient(URI base, List<Map.Entry<String, String>> headers, Duration timeout, @Nullable SSLContext tls) {
        this.base = base;
        this.timeout = timeout;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
        this.client = tls == null ? builder.build() : builder.sslContext(tls).build();
        this.template = HttpRequest.newBuilder(base)
                .timeout(timeout)
                .header("Accept", "application/json, " + Problem.MEDIA_TYPE);
        headers.forEach(header -> template.header(header.getKey(), header.getValue()));
    }

    /** The document at a path of Tandem's, as {@code /messages?limit=10}. */
    JsonNode get(String path) {
        Reply reply = call(request(path).GET().build());
        if (!reply.ok()) {
            throw new ClientException(reply.reason());
        }
        return reply.document();
    }

    Reply post(String path, BodyPublisher body, Map<String, String> headers) {
        return call(posting(path, body, headers));
    }

    /** Completes exceptionally with a {@link ClientException} only. */
    CompletableFuture<Reply> postAsync(String path, BodyPublisher body, Map<String, String> headers) {
        return client.sendAsync(posting(path, body, headers), BodyHandlers.ofByteArray())
                .handle((response, failure) -> {
                    if (failure != null) {
                        throw failed(
                                failure instanceof CompletionException && failure.getCause() != null
                                        ? failure.getCause()
                                        : failure);
                    }
                    return reply(response);
                });
    }

    private HttpRequest posting(String path, BodyPublisher body, Map<String, String> headers) {
        HttpRequest.Builder request = request(path).POST(body);
        headers.forEach(request::setHeader);
        return request.build();
    }

    private HttpRequest.Builder request(String path) {
        try {
            if (path.startsWith("/")) {
                return template.copy().uri(new URI(base + path));
            }
        } catch (URISyntaxException e) {
            throw new ClientException(base + " answers, but not as Tandem does", e);
        }
        // it came from outside, and must not lead elsewhere
        throw new ClientException(base + " answers, but not as Tandem does");
    }

    private Reply call(HttpRequest request) {
        try {
            return reply(client.send(request, BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("interrupted", e);
        }
    }

    private Reply reply(HttpResponse<byte[]> response) {
        HttpHeaders headers = response.headers();
        String mediaType =
                ReplyBody.mediaType(headers.firstValue("Content-Type").orElse(null));
        JsonNode document = ReplyBody.isJson(mediaType) ? parsed(response.body()) : MissingNode.getInstance();
        // the reply of one target alone (tandem.shape=first) may be anything
        boolean ofTandem = document.isObject() || headers.firstValue(MESSAGE_ID).isPresent();
        if (!ofTandem || response.statusCode() / 100 == 3) {
            throw new ClientException("%s answers, but not as Tandem does: status %d%s"
                    .formatted(
                            base, response.statusCode(), mediaType.isEmpty() ? "" : ", " + Text.printable(mediaType)));
        }
        return new Reply(
                response.statusCode(),
                headers.firstValue(MESSAGE_ID).orElse(""),
                headers.firstValue("Tandem-Outcome").orElse(""),
                document,
                response.body());
    }

    private static JsonNode parsed(byte[] body) {
        try {
            JsonNode document = JSON.readTree(body);
            return document == null ? MissingNode.getInstance() : document;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private ClientException failed(Throwable failure) {
        if (failure instanceof ClientException known) {
            return known;
        }
        if (failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException) {
            return new ClientException(
                    "Tandem doesn't answer at " + base + ": start it with bin/tandem run, or give --url", failure);
        }
        if (failure instanceof HttpTimeoutException) {
            return new ClientException(
                    "Tandem at " + base + " has not answered within " + Text.time(timeout) + "; see --timeout",
                    failure);
        }
        if (failure instanceof SSLException) {
            return new ClientException(
                    "no TLS connection to " + base + ": " + Text.printable(failure.getMessage()), failure);
        }
        return new ClientException(
                "the connection to Tandem at " + base + " broke off: "
                        + Text.printable(String.valueOf(failure.getMessage())),
                failure);
    }
}
