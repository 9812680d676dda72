package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocsPageTest {
    private static Instance instance;

    @BeforeAll
    static void start() throws Exception {
        instance = Instance.start();
    }

    @AfterAll
    static void stop() {
        instance.close();
    }

    @Test
    void pageRefersOnlyToWhatIsServedHere() throws Exception {
        HttpResponse<String> page = instance.get("/docs");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.body()).doesNotContain("//").doesNotContain("<style").doesNotContain("style=");
        Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.body());
        assertThat(links.results().map(link -> link.group(1)).distinct().toList())
                .hasSize(6)
                .allSatisfy(link -> assertThat(instance.get("/" + link).statusCode())
                        .as(link)
                        .isEqualTo(200));
    }

    @Test
    void scriptsAndStylesFromElsewhereAreForbidden() throws Exception {
        assertThat(instance.get("/docs").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
                        .doesNotContain("unsafe"));
    }

    @ParameterizedTest
    @CsvSource({
        "/docs, text/html; charset=utf-8",
        "/docs/docs.js, text/javascript; charset=utf-8",
        "/docs/docs.css, text/css; charset=utf-8",
        "/docs/swagger-ui-bundle.js, text/javascript; charset=utf-8",
        "/docs/swagger-ui.css, text/css; charset=utf-8",
        "/docs/favicon-32x32.png, image/png",
        "/openapi.json, application/json"
    })
    void headTellsWhatGetWouldSend(String path, String contentType) throws Exception {
        HttpResponse<byte[]> get = instance.bytes(path);
        HttpResponse<String> head =
                instance.send(path, request -> request.method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Type")).contains(contentType);
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(get.body().length);
        assertThat(head.headers().firstValue("ETag")).isEqualTo(get.headers().firstValue("ETag"));
        assertThat(head.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "\"other\", %s", "*"})
    void nothingIsSentAgainWhenTheCallerHasIt(String ifNoneMatch) throws Exception {
        String tag = instance.bytes("/docs/swagger-ui-bundle.js")
                .headers()
                .firstValue("ETag")
                .orElseThrow();

        HttpResponse<byte[]> again =
                instance.bytes("/docs/swagger-ui-bundle.js", "If-None-Match", ifNoneMatch.formatted(tag));

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).contains(tag);
    }

    @Test
    void contentIsCompressedWhenTheCallerTakesIt() throws Exception {
        byte[] plain = instance.bytes("/docs/swagger-ui-bundle.js").body();

        HttpResponse<byte[]> compressed =
                instance.bytes("/docs/swagger-ui-bundle.js", "Accept-Encoding", "br, gzip;q=0.5");

        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(compressed.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(compressed.body().length).isLessThan(plain.length / 3);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertThat(in.readAllBytes()).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip;q=0", "br", "identity"})
    void contentIsNotCompressedWhenTheCallerDoesNotTakeIt(String acceptEncoding) throws Exception {
        HttpResponse<byte[]> page = instance.bytes("/docs", "Accept-Encoding", acceptEncoding);

        assertThat(page.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(new String(page.body(), StandardCharsets.UTF_8)).startsWith("<!DOCTYPE html>");
    }

    @Test
    void slashAtTheEndLeadsToThePage() throws Exception {
        HttpResponse<String> moved = instance.get("/docs/");

        assertThat(moved.statusCode()).isEqualTo(308);
        assertThat(instance.uri("/docs/")
                        .resolve(moved.headers().firstValue("Location").orElseThrow()))
                .isEqualTo(instance.uri("/docs"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docs/swagger-ui.js",
                "/docs/index.html",
                "/docs/swagger-initializer.js",
                "/docs/../openapi.json",
                "/docs/%2e%2e/logback.xml"
            })
    void nothingElseIsServed(String path) throws Exception {
        assertThat(instance.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        HttpResponse<String> answer =
                instance.send("/docs", request -> request.POST(HttpRequest.BodyPublishers.ofString("x")));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }
}
