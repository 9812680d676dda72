package io.tandem.k8s;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.Fault;
import io.tandem.support.StubTargets;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scatter-gather for an operator that builds, in plain Camel. */
class OperatorBuildsTest {
    private static final Path ROUTES =
            Manifests.FOLDER.resolve("camel-k/operator-builds").toAbsolutePath();

    private final StubTargets targets = new StubTargets();
    private final Main camel = new Main();

    @BeforeEach
    void start() throws Exception {
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.configure().withRoutesIncludePattern("file:" + ROUTES.resolve("2-scatter-gather.camel.yaml"));
        Properties configuration = new Properties();
        configuration.load(new StringReader(Manifests.text(ROUTES.resolve("application.properties"))));
        configuration.forEach((key, value) -> camel.addInitialProperty(key.toString(), value.toString()));
        for (String target : new String[] {"api-one", "api-two"}) {
            camel.addInitialProperty(target + ".url", targets.url(target));
            camel.addInitialProperty(target + ".authorization", "key-of-" + target);
        }
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
        targets.close();
    }

    private String send(Map<String, Object> headers) {
        return camel.getCamelContext()
                .createProducerTemplate()
                .requestBodyAndHeaders("direct:scatter-gather", "{\"order\":1}", headers, String.class);
    }

    @Test
    void bothTargetsGetTheMessageWithTheirKeys() {
        targets.answers("api-two", aResponse().withStatus(503));

        assertThat(send(Map.of("Content-Type", "application/json")))
                .isEqualTo("[{\"target\":\"api-one\",\"status\":200},{\"target\":\"api-two\",\"status\":503}]");
        for (String target : new String[] {"api-one", "api-two"}) {
            assertThat(targets.received(target)).singleElement().satisfies(request -> {
                assertThat(request.getBodyAsString()).isEqualTo("{\"order\":1}");
                assertThat(request.getHeader("Authorization")).isEqualTo("key-of-" + target);
            });
        }
    }

    @Test
    void brokenTargetCostsNothingOfTheOther() {
        targets.answers("api-one", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));

        assertThat(send(Map.of()))
                .isEqualTo("[{\"target\":\"api-one\",\"status\":0},{\"target\":\"api-two\",\"status\":200}]");
    }
}
