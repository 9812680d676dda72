package io.tandem.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.LiveConfiguration;
import io.tandem.support.BrokenEdit;
import io.tandem.support.Callers;
import io.tandem.support.Chromium;
import io.tandem.support.RoutesFolder;
import io.tandem.support.RunningTandem;
import io.tandem.support.StubTargets;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a real browser. Pictures of it are left in {@code target/status-page}. */
class StatusPageTest {
    private static final Path PICTURES = Path.of("target", "status-page");

    /** Runs when it is read as markup or put into an attribute. */
    private static final String HOSTILE =
            "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>\"' onmouseover=window.hurt=1 {{7*7}} ${7*7}";

    @TempDir
    private static Path folder;

    private static Chromium browser;
    private static StubTargets targets;
    private static RoutesFolder routes;
    private static RunningTandem tandem;

    @BeforeAll
    static void start() throws IOException {
        assumeThat(Chromium.installed())
                .as("no Chromium is installed here: install one, or name it by CHROMIUM")
                .isPresent();
        targets = new StubTargets();
        routes = new RoutesFolder(folder);
        routes.write("application.properties", properties(Map.of()));
        tandem = RunningTandem.start(LiveConfiguration.load(
                ConfigurationSources.of(folder, Map.of()).withFile(folder.resolve("application.properties"))));
        browser = Chromium.start(Chromium.installed().orElseThrow(), Files.createDirectory(folder.resolve("profile")));
    }

    private static String properties(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "tandem.http.port", "0",
                "tandem.management.port", "0",
                "tandem.inbox.dir", folder.resolve("inbox").toString(),
                "tandem.journal.url", "jdbc:sqlite:" + folder.resolve("journal/tandem.db"),
                "tandem.access-log", "off"));
        for (String target : new String[] {"api-one", "api-two"}) {
            all.putAll(RunningTandem.target(target, targets.url(target)));
        }
        all.putAll(more);
        return all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
            tandem.close();
            targets.close();
        }
    }

    @BeforeEach
    void open() {
        targets.answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));
        browser.look(1280, 900, false);
        browser.listen();
        browser.open(tandem.uri("/"));
        browser.awaitTrue("document.getElementById('content')?.hidden === false && " + row("api-one"));
    }

    private static String row(String target) {
        return "document.querySelector('[data-target=\"" + target + "\"]') !== null";
    }

    /** Its id. */
    private static String send(String... headers) {
        HttpResponse<String> answer = tandem.postJson("{\"order\":1}", headers);
        return answer.headers().firstValue("Tandem-Message-Id").orElseThrow();
    }

    /** A message that api-two does not take: nobody tries it again unless asked to. */
    private static String dead() {
        targets.answers("api-two", WireMock.jsonResponse("{\"error\":\"no such item\"}", 422));
        String id = send("Prefer", "wait=10");
        Awaitility.await(id).until(() -> RunningTandem.json(tandem.get(tandem.uri("/messages/" + id)))
                .at("/deliveries/api-two/state")
                .asText()
                .equals("dead"));
        return id;
    }

    private static void show(String id) {
        browser.awaitTrue("document.querySelector('tr[data-id=\"" + id + "\"] button.id') !== null");
        browser.click("tr[data-id=\"" + id + "\"] button.id");
    }

    private static void choose(String filter, String value) {
        browser.awaitTrue(
                "[...document.querySelectorAll('#" + filter + " option')].some(o => o.value === '" + value + "')");
        browser.evaluate("{ const filter = document.getElementById('" + filter + "'); filter.value = '" + value
                + "'; filter.dispatchEvent(new Event('change')); }");
    }

    private static String text(String selector) {
        return browser.evaluate("document.querySelector('" + selector + "')?.innerText ?? ''")
                .asText();
    }

    @Test
    void showsLiveNumbersWhenMessagesFlow() throws IOException {
        for (int i = 0; i < 20; i++) {
            send();
        }

        browser.awaitTrue("parseFloat(document.querySelector('#tile-rate .value').textContent) > 0");
        browser.awaitTrue("document.querySelector('[data-target=\"api-one\"]').innerText.includes('Delivering')");
        browser.awaitTrue("document.querySelectorAll('.edge.flows').length >= 3");
        assertThat(text("[data-target=\"api-two\"] .facts.lead")).containsPattern("p99\\s+\\d+(\\.\\d+)? ms");
        assertThat(text("#state")).isEqualTo("Ready");
        assertThat(text("body")).doesNotContain("null", "undefined", "NaN", "Kafka");
        assertThat(browser.evaluate("document.querySelectorAll('.plot canvas').length")
                        .asInt())
                .isEqualTo(4);
        assertThat(browser.evaluate("document.querySelector('#routes svg').getAttribute('aria-label')")
                        .asText())
                .contains("from HTTP to receive-http", "from scatter-gather to api-one");
        browser.picture(PICTURES.resolve("overview.png"), true);
    }

    @Test
    void replaysADeadDeliveryWhenConfirmed() throws IOException {
        String id = dead();
        targets.answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));
        targets.forgetRequests();

        browser.click("[data-view=journal]");
        choose("filter-state", "dead");
        choose("filter-target", "api-two");
        browser.click("tr[data-id=\"" + id + "\"] input[type=checkbox]");
        browser.picture(PICTURES.resolve("dead.png"), true);
        browser.evaluate(
                "[...document.querySelectorAll('.toolbar > button')].find(b => b.innerText === 'Replay 1 message').click()");
        browser.awaitTrue("document.getElementById('confirm').open");
        assertThat(targets.received()).isEmpty();
        browser.click("#confirm button.primary");

        browser.awaitText("1 message will be tried again now.");
        Awaitility.await().until(() -> targets.received("api-two").size() == 1);
        assertThat(targets.received("api-one")).isEmpty();
        browser.awaitTrue("document.querySelector('tr[data-id=\"" + id + "\"]') === null");
    }

    @Test
    void leavesADeadDeliveryAloneWhenNotConfirmed() {
        String id = dead();
        targets.answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));
        targets.forgetRequests();

        show(id);
        browser.click(".replay-row button");
        browser.awaitTrue("document.getElementById('confirm').open");
        browser.evaluate(
                "[...document.querySelectorAll('#confirm button')].find(b => b.innerText === 'Cancel').click()");

        browser.awaitTrue("!document.getElementById('confirm').open");
        assertThat(targets.received()).isEmpty();
    }

    @Test
    void filtersByOutcomeTargetAndId() {
        String fine = send();
        targets.answers("api-two", WireMock.jsonResponse("{\"error\":\"broken\"}", 500));
        String partial = send();

        browser.awaitTrue("document.querySelector('tr[data-id=\"" + partial + "\"]') !== null");
        choose("filter-state", "partial");
        browser.awaitTrue("document.querySelector('tr[data-id=\"" + fine + "\"]') === null");
        assertThat(text("tr[data-id=\"" + partial + "\"]")).contains("api-two", "failed · 500");
        choose("filter-state", "");
        browser.type("#filter-id", fine);
        browser.awaitTrue("document.querySelectorAll('.list tbody tr').length === 1");

        assertThat(text(".list tbody tr")).contains("complete");
    }

    @Test
    void showsOlderMessagesOfTheJournalPageByPage() {
        String first = send("Prefer", "wait=10");
        for (int i = 0; i < 30; i++) {
            send("Prefer", "wait=10");
        }
        String shown = "document.querySelectorAll('.list tbody tr').length";

        browser.click("[data-view=journal]");
        browser.awaitTrue(shown + " === 25");
        browser.click(".more button");
        browser.awaitTrue("document.querySelector('tr[data-id=\"" + first + "\"]') !== null");
        assertThat(browser.evaluate(
                                "new Set([...document.querySelectorAll('.list tbody tr')].map(r => r.dataset.id)).size === "
                                        + shown)
                        .asBoolean())
                .as("each is there once")
                .isTrue();

        browser.type("#filter-id", first.substring(0, 25));
        browser.awaitTrue(shown + " === 1");
        assertThat(text(".list tbody tr")).contains("complete", "api-one", "api-two");
    }

    @Test
    void showsTheAttemptsOfAMessageAsAWaterfall() throws IOException {
        targets.server()
                .stubFor(WireMock.post("/api-two")
                        .inScenario("once")
                        .whenScenarioStateIs("Started")
                        .willReturn(WireMock.serviceUnavailable().withFixedDelay(60))
                        .willSetStateTo("well"));
        targets.server()
                .stubFor(WireMock.post("/api-two")
                        .inScenario("once")
                        .whenScenarioStateIs("well")
                        .willReturn(WireMock.okJson("{}").withFixedDelay(30)));
        String id = send();

        show(id);
        browser.awaitTrue("document.querySelectorAll('#story .fall li').length === 3");

        assertThat(text("#story")).doesNotContain("null", "undefined", "NaN");
        assertThat(text("#story .fall"))
                .contains("api-two attempt 1", "failed 503", "api-two attempt 2", "delivered 200");
        assertThat(browser.evaluate(
                                """
                                (() => {
                                  const end = (bar) => bar.getBoundingClientRect().right;
                                  const bars = [...document.querySelectorAll('#story .fall li')]
                                      .filter((li) => li.innerText.includes('api-two'))
                                      .map((li) => li.querySelector('.part:not(.wait)'));
                                  return bars.length === 2 && end(bars[0]) <= bars[1].getBoundingClientRect().left
                                      && bars.every((bar) => bar.getBoundingClientRect().width > 2);
                                })()""")
                        .asBoolean())
                .as("one attempt is drawn behind the other")
                .isTrue();
        browser.picture(PICTURES.resolve("waterfall.png"), false);
        targets.server().resetScenarios();
    }

    @Test
    void showsWhereAnEditIsWrongWhenItWasRefused() throws IOException {
        String right = routes.read(BrokenEdit.SCATTER);
        routes.plant(BrokenEdit.SCATTER, "- multicast:", "- multicst:");
        try {
            String shown = browser.awaitText("The last edit was refused");

            assertThat(shown)
                    .contains(
                            "2-scatter-gather.camel.yaml:" + routes.line(BrokenEdit.SCATTER, "multicst"),
                            "unknown step 'multicst'",
                            "goes on");
            browser.picture(PICTURES.resolve("refused.png"), true);
        } finally {
            routes.write(BrokenEdit.SCATTER, right);
        }
        browser.awaitTrue("!document.body.innerText.includes('The last edit was refused')");
    }

    @Test
    void showsHostileContentAsText() throws IOException {
        targets.answers(
                "api-two",
                WireMock.aResponse()
                        .withStatus(400)
                        .withHeader("Content-Type", "text/html")
                        .withBody(HOSTILE));
        String contentType = "text/plain; note=\"<img src=x onerror=window.hurt=1>\"";
        HttpResponse<String> answer = tandem.post(
                contentType, HOSTILE, "Prefer", "wait=10", "X-Request-Id", "<script>window.hurt=1</script>");
        String id = RunningTandem.json(answer).path("id").asText();

        show(id);
        String reply = "document.querySelector('#story article[aria-label=api-two] pre')";
        browser.awaitTrue(reply + " !== null");

        assertThat(browser.evaluate(reply + ".textContent").asText()).isEqualTo(HOSTILE);
        assertThat(text("#story")).contains(contentType);
        assertThat(browser.evaluate("document.querySelectorAll('#story img, #story script').length")
                        .asInt())
                .isZero();
        assertThat(browser.evaluate("window.hurt === undefined").asBoolean()).isTrue();
        browser.picture(PICTURES.resolve("hostile.png"), false);
    }

    @ParameterizedTest
    @CsvSource({"1280, false", "1280, true", "390, false", "390, true"})
    void hasNoAccessibilityViolation(int width, boolean dark) throws IOException {
        String id = dead();
        browser.look(width, 900, dark);
        String name = (width < 600 ? "phone" : "desktop") + (dark ? "-dark" : "-light");

        browser.awaitTrue("document.querySelector('tr[data-id=\"" + id + "\"]') !== null");
        Axe.assertAccessible(browser);
        assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                        .asBoolean())
                .as("nothing is beside the window")
                .isTrue();
        browser.picture(PICTURES.resolve(name + ".png"), true);
        show(id);
        browser.awaitTrue("document.querySelector('#story .made') !== null");
        Axe.assertAccessible(browser);
        browser.picture(PICTURES.resolve(name + "-message.png"), false);
        browser.click(".replay-row button");
        Axe.assertAccessible(browser);
    }

    @Test
    void canBeUsedByKeyboardAlone() {
        send();
        browser.awaitTrue("document.querySelector('.list tbody button.id') !== null");

        browser.evaluate("document.querySelector('.skip').focus()");
        browser.evaluate("document.querySelector('.list tbody button.id').focus()");
        browser.press("Enter");
        browser.awaitTrue("document.getElementById('story').open");
        browser.press("Escape");

        browser.awaitTrue("!document.getElementById('story').open");
        assertThat(browser.evaluate("document.activeElement.className").asText())
                .isEqualTo("id");
    }

    @Test
    void asksNobodyElseAndBreaksNoRule() {
        send();
        browser.awaitTrue("document.querySelector('.list tbody button.id') !== null");

        assertThat(browser.requested())
                .isNotEmpty()
                .allMatch(url -> url.startsWith("http://127.0.0.1:") || url.startsWith("about:"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void asksForAKeyWhenCallersMustShowWhoTheyAre() throws IOException {
        Map<String, String> settings = Callers.settings("api-key, basic");
        settings.putAll(RunningTandem.target("api-one", targets.url("api-one")));
        settings.putAll(RunningTandem.target("api-two", targets.url("api-two")));
        try (RunningTandem guarded = RunningTandem.start(settings)) {
            browser.open(guarded.uri("/"));
            browser.type("#secret", Callers.SHOP_KEY);
            browser.click("#sign-in button");
            assertThat(browser.awaitText("may not see messages")).doesNotContain("null", "undefined");
            browser.picture(PICTURES.resolve("sign-in.png"), false);
            targets.answers("api-two", WireMock.aResponse().withStatus(422));
            guarded.postJson("{}", "X-Api-Key", Callers.SHOP_KEY, "Prefer", "wait=10");
            browser.type("#secret", Callers.READER_KEY);
            browser.click("#sign-in button");
            browser.awaitTrue("document.getElementById('content').hidden === false && " + row("api-one"));
            browser.click(".list tbody button.id");
            browser.click(".replay-row button");
            browser.click("#confirm button.primary");
            browser.awaitText("This needs the scope messages.replay.");
            assertThat(browser.evaluate("Object.values(localStorage).concat(Object.values(sessionStorage)).join()")
                            .asText())
                    .doesNotContain(Callers.READER_KEY);
            browser.evaluate("document.getElementById('story').close()");

            browser.click("#forget");
            browser.awaitText("Who is looking?");
        }
    }
}
