package io.tandem.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tandem.support.Callers;
import io.tandem.support.Chromium;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page at {@code /docs} in a real browser, whose user shows who they are and sends a message. */
class TryItOutTest {
    private static final String ISSUER = "tandem";

    /** The operation whose heading names its call. */
    private static final String POST = ".opblock-post:has([data-path=\"/messages\"])";

    private static final String AUTHORIZE = ".auth-wrapper .btn.authorize";

    private static MockOAuth2Server server;
    private static StubTargets targets;
    private static RunningTandem tandem;
    private static Chromium browser;

    @BeforeAll
    static void start(@TempDir Path profile) throws IOException {
        assumeThat(Chromium.installed())
                .as("no Chromium is installed here: install one, or name it by CHROMIUM")
                .isPresent();
        server = new MockOAuth2Server();
        server.start();
        targets = new StubTargets();
        Map<String, String> settings = targets.settings();
        settings.putAll(Callers.settings("api-key, basic, jwt"));
        settings.put("tandem.auth.public-docs", "true");
        settings.put("tandem.auth.jwt.issuer", server.issuerUrl(ISSUER).toString());
        settings.put("tandem.auth.jwt.audience", "tandem");
        tandem = RunningTandem.start(settings);
        browser = Chromium.start(Chromium.installed().orElseThrow(), profile);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
            tandem.close();
            targets.close();
            server.shutdown();
        }
    }

    @BeforeEach
    void open() {
        targets.forgetRequests();
        browser.look(1280, 900, false);
        browser.listen();
        browser.open(tandem.uri("/docs"));
        browser.awaitTrue("document.querySelector('" + AUTHORIZE + "') !== null");
    }

    @Test
    void mergedAnswerIsShownWhenAKeyIsGiven() throws IOException {
        authorize("#api_key_value", Callers.SHOP_KEY);

        assertThat(execute()).contains("\"outcome\": \"complete\"", "\"from\": \"one\"", "\"from\": \"two\"");
        assertSent();
        browser.picture(Path.of("target", "docs-page", "answer.png"), false);
    }

    @Test
    void mergedAnswerIsShownWhenAPasswordIsGiven() {
        browser.click(AUTHORIZE);
        browser.type("#auth-basic-username", "ann");
        authorize("#auth-basic-password", Callers.PASSWORD);

        assertThat(execute()).contains("\"outcome\": \"complete\"");
        assertSent();
    }

    @Test
    void mergedAnswerIsShownWhenATokenIsGiven() {
        String token = server.issueToken(ISSUER, "shop", "tandem", Map.of("scope", "messages.write"))
                .serialize();
        authorize("#auth-bearer-value", token);

        assertThat(execute()).contains("\"outcome\": \"complete\"");
        assertSent();
    }

    @Test
    void refusalIsShownWhenTheKeyIsWrong() {
        authorize("#api_key_value", "guess");

        assertThat(execute()).contains("401", "urn:tandem:problem:unauthorized");
        assertThat(targets.received()).isEmpty();
    }

    /** Gives a credential in the dialogue, which is opened where it isn't yet, and leaves it. */
    private static void authorize(String field, String credential) {
        if (!browser.evaluate("document.querySelector('" + field + "') !== null")
                .asBoolean()) {
            browser.click(AUTHORIZE);
        }
        browser.type(field, credential);
        browser.press("Enter");
        browser.awaitTrue("document.querySelector('" + field + "') === null");
        browser.click(".dialog-ux .close-modal");
    }

    /** Sends what the page offers to send, and gives what is shown of the answer. */
    private static String execute() {
        browser.click(POST + " .opblock-summary-control");
        browser.click(POST + " .execute");
        String answer = POST + " .live-responses-table .response-col_description";
        browser.awaitTrue("document.querySelector('" + answer + " pre') !== null");
        return browser.evaluate("document.querySelector('" + POST + " .live-responses-table').innerText")
                .asText();
    }

    private static void assertSent() {
        assertThat(targets.received("api-one")).hasSize(1);
        assertThat(targets.received("api-two")).hasSize(1);
        assertThat(browser.complaints()).noneMatch(complaint -> complaint.contains("\"error\""));
    }
}
