package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tandem.config.Settings.AccessLog;
import io.tandem.config.Settings.Auth;
import io.tandem.config.Settings.OAuth2Settings;
import io.tandem.config.Settings.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationLoaderTest {
    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void prepare() {
        workspace = new Workspace(folder);
    }

    @Test
    void defaultsApplyWhenOnlyAUrlIsGiven() {
        Settings settings = workspace.targetAnd().load();

        assertThat(settings.completion()).isEqualTo("all");
        assertThat(settings.shape()).isEqualTo("collect");
        assertThat(settings.deadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.routes()).isEqualTo(folder.resolve("routes"));
        assertThat(settings.maxInFlight()).isEqualTo(1024);
        assertThat(settings.accessLog()).isEqualTo(AccessLog.TEXT);
        assertThat(settings.http().host()).isEqualTo("127.0.0.1");
        assertThat(settings.http().port()).isEqualTo(8080);
        assertThat(settings.http().maxBody()).isEqualTo(1024 * 1024);
        assertThat(settings.http().forwardHeaders()).isEmpty();
        assertThat(settings.http().readTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.http().drainTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.management()).isEqualTo(new Settings.Management("127.0.0.1", 9876, null, false));
        assertThat(settings.inbox())
                .isEqualTo(new Settings.Inbox(true, folder.resolve("data/inbox"), 64, 1024 * 1024, true));

        Target target = settings.targets().get("api-one");
        assertThat(target)
                .isEqualTo(new Target(
                        "api-one",
                        "https://api-one.example.com/endpoint",
                        "POST",
                        Settings.Client.CAMEL_HTTP,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        1024,
                        10 * 1024 * 1024,
                        true,
                        false,
                        new Settings.Retry(3, Duration.ofMillis(100), Duration.ofSeconds(2)),
                        new Settings.Redelivery(32, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofDays(3)),
                        new Settings.Protection(Duration.ofMillis(5), 0.2, null, null, null),
                        null,
                        Map.of(),
                        Settings.Connection.DIRECT,
                        new Auth.None()));
    }

    @Test
    void laterLayerWinsWhenAKeyIsInAllOfThem() {
        workspace.targetAnd("tandem.deadline=1s");
        assertThat(workspace.load().deadline()).isEqualTo(Duration.ofSeconds(1));

        workspace.file("conf.d/_configmaps/tandem/application.properties", "tandem.deadline=2s");
        assertThat(workspace.load().deadline()).isEqualTo(Duration.ofSeconds(2));

        workspace.env("TANDEM_DEADLINE", "3s");
        assertThat(workspace.load().deadline()).isEqualTo(Duration.ofSeconds(3));

        workspace.override("tandem.deadline", "4s");
        assertThat(workspace.load().deadline()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void originIsToldWhenAValueOfAnyLayerIsBad() {
        workspace.targetAnd("", "tandem.http.port=x");
        assertThat(workspace.faults())
                .containsExactly("application.properties:3: bad value 'x' for 'tandem.http.port': expected a port from"
                        + " 0 to 65535 (0: any free one), such as 8081");

        Path mounted = workspace.path("conf.d/_configmaps/tandem/tandem.http.port");
        workspace.file("conf.d/_configmaps/tandem/tandem.http.port", "y\n");
        assertThat(workspace.faults()).singleElement().asString().startsWith(mounted + ": bad value 'y'");

        workspace.env("TANDEM_HTTP_PORT", "z");
        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("environment variable TANDEM_HTTP_PORT: bad value 'z'");

        workspace.override("tandem.http.port", "-1");
        assertThat(workspace.faults()).singleElement().asString().startsWith("command line: bad value '-1'");

        workspace.override("tandem.http.port", "0");
        assertThat(workspace.faults()).isEmpty();
    }

    @Test
    void explicitFileIsReadWhenOthersExistToo() {
        workspace
                .properties("target.a.url=http://a/")
                .file("b.properties", "target.b.url=http://b/")
                .file("c.properties", "target.c.url=http://c/");
        assertThat(workspace.load().targets()).containsOnlyKeys("a");

        workspace.env("TANDEM_CONFIG", "b.properties");
        assertThat(workspace.load().targets()).containsOnlyKeys("b");

        Settings settings = ConfigurationLoader.load(workspace.sources().withFile(Path.of("c.properties")));
        assertThat(settings.targets()).containsOnlyKeys("c");
    }

    @Test
    void onlyTheFileIsToldWhenItIsMissing() {
        workspace.env("TANDEM_CONFIG", "conf/tandem.properties");

        assertThat(workspace.faults()).containsExactly("conf/tandem.properties: can't be read: no such file");
    }

    @Test
    void faultIsToldWhenTheFileIsNotUtf8() throws IOException {
        Files.write(folder.resolve("application.properties"), new byte[] {'a', '=', (byte) 0xfc});

        assertThat(workspace.faults()).containsExactly("application.properties: not UTF-8 text");
    }

    @Test
    void targetsKeepTheirOrderWhenLaterLayersChangeThem() {
        Settings settings = workspace
                .properties("target.zeta.url=http://z/", "target.alpha.url=http://a/")
                .env("TARGET_MID_URL", "http://m/")
                .env("TARGET_ALPHA_URL", "http://other/")
                .load();

        assertThat(settings.targets().keySet()).containsExactly("zeta", "alpha", "mid");
        assertThat(target(settings, "alpha").url()).isEqualTo("http://other/");
    }

    @Test
    void everythingIsTypedWhenAllKeysAreGiven() {
        Settings settings = workspace
                .properties(
                        "tandem.completion=best-effort",
                        "tandem.access-log=off",
                        "tandem.max-in-flight=7",
                        "tandem.http.forward-headers=X-Tenant, Accept-Language",
                        "tandem.inbox.enabled=false",
                        "target.a.url=https://a.example.com/",
                        "target.a.method=PUT",
                        "target.a.timeout=PT4S",
                        "target.a.max-reply=64KiB",
                        "target.a.idempotent=false",
                        "target.a.retry.attempts=1",
                        "target.a.header.X-Tenant=acme",
                        "target.a.auth=client-credentials",
                        "target.a.oauth.token-url=https://idp.example.com/token",
                        "target.a.oauth.client-id=me",
                        "target.a.oauth.client-secret=s3cret",
                        "target.a.oauth.client-auth=post",
                        "target.a.oauth.scope=x y,z",
                        "target.a.oauth.audience=aud",
                        "target.a.oauth.resource=https://r/",
                        "target.a.oauth.parameter.tenant=t1",
                        "target.a.oauth.connect-timeout=1s",
                        "target.a.oauth.timeout=4s",
                        "target.b.url=https://b.example.com/",
                        "target.b.max-connections=3",
                        "target.b.auth=basic",
                        "target.b.basic.username=u",
                        "target.b.basic.password=p",
                        "target.c.url=https://c.example.com/",
                        "target.c.auth=api-key",
                        "target.c.api-key.header=X-Api-Key",
                        "target.c.api-key.value=k")
                .load();

        assertThat(settings.completion()).isEqualTo("best-effort");
        assertThat(settings.accessLog()).isEqualTo(AccessLog.OFF);
        assertThat(settings.http().forwardHeaders()).containsExactly("Accept-Language", "X-Tenant");
        assertThat(settings.inbox().enabled()).isFalse();

        Target a = target(settings, "a");
        assertThat(a.method()).isEqualTo("PUT");
        assertThat(a.timeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(a.maxReply()).isEqualTo(65536);
        assertThat(a.maxConnections()).isEqualTo(7);
        assertThat(a.idempotent()).isFalse();
        assertThat(a.retry().attempts()).isEqualTo(1);
        assertThat(a.headers().get("x-tenant")).isEqualTo("acme");
        assertThat(a.auth()).isInstanceOfSatisfying(Auth.OAuth2.class, auth -> {
            OAuth2Settings oauth = auth.oauth();
            assertThat(oauth.grant()).isEqualTo("client-credentials");
            assertThat(oauth.tokenUrl()).isEqualTo("https://idp.example.com/token");
            assertThat(oauth.clientId()).isEqualTo("me");
            assertThat(Objects.requireNonNull(oauth.clientSecret()).value()).isEqualTo("s3cret");
            assertThat(oauth.clientAuth()).isEqualTo("post");
            assertThat(oauth.scope()).containsExactly("x", "y", "z");
            assertThat(oauth.audience()).isEqualTo("aud");
            assertThat(oauth.resource()).containsExactly("https://r/");
            assertThat(oauth.extraParameters()).isEqualTo(Map.of("tenant", "t1"));
            assertThat(oauth.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
            assertThat(oauth.timeout()).isEqualTo(Duration.ofSeconds(4));
            assertThat(oauth.connection().allowHttp()).isFalse();
        });

        Target b = target(settings, "b");
        assertThat(b.maxConnections()).isEqualTo(3);
        assertThat(b.auth()).isInstanceOfSatisfying(Auth.Basic.class, auth -> {
            assertThat(auth.username()).isEqualTo("u");
            assertThat(auth.password().value()).isEqualTo("p");
        });
        assertThat(target(settings, "c").auth()).isInstanceOfSatisfying(Auth.ApiKey.class, auth -> {
            assertThat(auth.header()).isEqualTo("X-Api-Key");
            assertThat(auth.scheme()).isNull();
            assertThat(auth.key().value()).isEqualTo("k");
        });
    }

    @Test
    void placeholdersHoldAllThatIsNoSecretWhenLoaded() {
        Settings settings = workspace
                .properties(
                        "target.a.url=https://a/",
                        "target.a.timeout={{my.time}}",
                        "target.a.auth=api-key",
                        "target.a.api-key.value=s3cret",
                        "target.a.header.X-Key=s3cret",
                        "my.time=4s",
                        "my.greeting=hello {{my.name}}",
                        "my.name=world",
                        "camel.main.name=tandem-{{my.suffix}}",
                        "my.suffix=1")
                .file("routes/a.camel.yaml", "- from: {uri: 'direct:{{my.greeting}}'}")
                .load();

        assertThat(settings.placeholders())
                .containsEntry("target.a.url", "https://a/")
                .containsEntry("target.a.timeout", "4s")
                .containsEntry("target.a.max-connections", "1024")
                .containsEntry("target.a.api-key.header", "Authorization")
                .containsEntry("tandem.http.port", "8080")
                .containsEntry("my.greeting", "hello world")
                .containsEntry("my.suffix", "1")
                .doesNotContainKeys("target.a.api-key.value", "target.a.header.X-Key", "my.time", "camel.main.name");
        assertThat(settings.placeholders()).doesNotContainValue("s3cret");
        assertThat(settings.camel()).isEqualTo(Map.of("camel.main.name", "tandem-{{my.suffix}}"));
    }

    @Test
    void noSecretIsShownWhenSettingsAreLogged() {
        Settings settings = workspace
                .properties(
                        "target.a.url=https://a/?key=s3cret",
                        "target.a.auth=api-key",
                        "target.a.api-key.value=s3cret",
                        "target.a.header.X-Key=s3cret",
                        "target.b.url=https://b/",
                        "target.b.auth=basic",
                        "target.b.basic.username=u",
                        "target.b.basic.password=s3cret",
                        "target.c.url=https://c/",
                        "target.c.auth=client-credentials",
                        "target.c.oauth.token-url=https://idp/",
                        "target.c.oauth.client-id=c",
                        "target.c.oauth.client-secret=s3cret",
                        "target.c.oauth.parameter.password=s3cret",
                        "camel.ssl.keystore-password=s3cret")
                .load();

        assertThat(settings.toString()).doesNotContain("s3cret").contains("keystore-password");
        assertThat(workspace.sources().withOverrides(Map.of("a", "s3cret")).toString())
                .doesNotContain("s3cret");
        assertThat(RawValue.of("a", "s3cret", Origin.DEFAULTS).toString()).doesNotContain("s3cret");
    }

    @Test
    void nothingIsRememberedWhenLoadedAgain() {
        ConfigurationSources sources = workspace.targetAnd("tandem.deadline=1s").sources();
        assertThat(ConfigurationLoader.load(sources).deadline()).isEqualTo(Duration.ofSeconds(1));

        workspace.targetAnd("tandem.deadline=2s");

        assertThat(ConfigurationLoader.load(sources).deadline()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void faultsAreOrderedByPlaceWhenThereAreSeveral() {
        workspace
                .targetAnd("tandem.deadline=1", "tandem.http.prot=80", "tandem.inbox.window=0")
                .env("TANDEM_SHAPE", "round")
                .override("tandem.completion", "none");

        assertThat(workspace.failure().faults())
                .extracting(fault -> fault.place().toString(), Fault::key)
                .isEqualTo(List.of(
                        tuple("application.properties:2", "tandem.deadline"),
                        tuple("application.properties:3", "tandem.http.prot"),
                        tuple("application.properties:4", "tandem.inbox.window"),
                        tuple("environment variable TANDEM_SHAPE", "tandem.shape"),
                        tuple("command line", "tandem.completion")));
        assertThat(workspace.failure()).hasMessage(String.join("\n", workspace.faults()));
    }

    private static Target target(Settings settings, String name) {
        return Objects.requireNonNull(settings.targets().get(name));
    }
}
