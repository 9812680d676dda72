package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.support.Chromium;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.StreamSupport;

/** axe-core, which finds what keeps people from using a page. */
final class Axe {
    private Axe() {}

    /** Of what the browser shows now. */
    static void assertAccessible(Chromium browser) throws IOException {
        try (InputStream axe = Axe.class.getResourceAsStream("/axe.min.js")) {
            browser.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + ";1");
        }
        JsonNode violations = browser.evaluate(
                """
                axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations.map((one) =>
                  one.id + ": " + one.help + " " + one.nodes.slice(0, 3).map((node) => node.html + " " + node.failureSummary)))""");
        assertThat(StreamSupport.stream(violations.spliterator(), false).map(JsonNode::asText))
                .isEmpty();
    }
}
