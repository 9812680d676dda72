package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user reads when something is wrong, word by word. */
class ConfigurationFaultsTest {
    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void prepare() {
        workspace = new Workspace(folder);
    }

    @Test
    void nearestKeyIsToldWhenAKeyIsUnknown() {
        workspace.targetAnd(
                "tandem.http.prot=80",
                "tandem.colour=red",
                "target.api-one.uri=http://x/",
                "target.api-one.colour=red",
                "greeting=hello");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:2: unknown key 'tandem.http.prot'; did you mean 'tandem.http.port'?",
                        "application.properties:3: unknown key 'tandem.colour'",
                        "application.properties:4: unknown key 'target.api-one.uri'; did you mean"
                                + " 'target.api-one.url'?",
                        "application.properties:5: unknown key 'target.api-one.colour'",
                        "application.properties:6: unknown key 'greeting', to which no route refers");
    }

    @Test
    void whatToAddIsToldWhenThereIsNoTarget() {
        assertThat(workspace.faults())
                .containsExactly("configuration: there is no target; add"
                        + " target.api-one.url=https://api-one.example.com/endpoint to application.properties, or set"
                        + " the environment variable TARGET_API_ONE_URL");

        workspace.properties("tandem.http.port=80");
        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("application.properties: there is no target; add target.api-one.url=");
    }

    @Test
    void whatToAddIsToldWhenATargetHasNoUrl() {
        workspace.targetAnd("target.api-two.timeout=3s", "target.api-two.method=PUT");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: target 'api-two' has no URL; add"
                        + " target.api-two.url=https://api-one.example.com/endpoint");
    }

    @Test
    void onlyTheUnknownKeyIsToldWhenATargetHasNoOther() {
        workspace.targetAnd("target.api.two.url=http://x/");

        assertThat(workspace.faults()).containsExactly("application.properties:2: unknown key 'target.api.two.url'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"API", "api_one", "-api", "api-", "\u00e4pi"})
    void ruleIsToldOnceWhenATargetNameIsBad(String name) {
        workspace.targetAnd("target." + name + ".url=http://x/", "target." + name + ".method=PUT");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: bad target name '%1$s' in 'target.%1$s.url': expected"
                                .formatted(name)
                        + " lower-case letters, digits and hyphens, at most 63, with no hyphen at either end, such as"
                        + " api-one");
    }

    @Test
    void nameIsGoodWhenItHasAtMost63Characters() {
        assertThat(workspace
                        .targetAnd("target." + "a".repeat(63) + ".url=http://x/")
                        .faults())
                .isEmpty();
        assertThat(workspace
                        .targetAnd("target." + "a".repeat(64) + ".url=http://x/")
                        .faults())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "basic | basic.username | basic.password",
                "api-key | api-key.value |",
                "client-credentials | oauth.client-id | oauth.client-secret"
            })
    void everyMissingKeyIsToldWhenAnAuthNeedsIt(String auth, String first, String more) {
        workspace.targetAnd(
                "target.api-one.auth=" + auth,
                auth.equals("client-credentials") ? "target.api-one.oauth.token-url=https://idp/token" : "");

        String[] missing = (more == null ? first : first + "," + more).split(",");
        assertThat(workspace.faults()).hasSameSizeAs(missing);
        for (String key : missing) {
            assertThat(workspace.faults()).anySatisfy(fault -> assertThat(fault)
                    .startsWith("application.properties:2: target 'api-one' has auth=%s and lacks %s; add"
                                    .formatted(auth, key)
                            + " target.api-one." + key + "="));
        }
    }

    @Test
    void missingKeyIsToldWhenASecretIsEmpty() {
        workspace.targetAnd(
                "target.api-one.auth=basic", "target.api-one.basic.username=u", "target.api-one.basic.password=");

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("lacks basic.password; add target.api-one.basic.password=file:/run/secrets/api-one");
    }

    @Test
    void keyIsAnErrorWhenItBelongsToAnotherAuth() {
        workspace.targetAnd("target.api-one.oauth.scope=a", "target.api-one.basic.password=s3cret");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:2: 'target.api-one.oauth.scope' has no effect with auth=none; set"
                                + " target.api-one.auth=client-credentials or authorization-code or token-exchange, or"
                                + " remove it",
                        "application.properties:3: 'target.api-one.basic.password' has no effect with auth=none; set"
                                + " target.api-one.auth=basic, or remove it");
    }

    @Test
    void keysOfTheFileAreNoErrorWhenALaterLayerChoosesAnotherAuth() {
        workspace
                .targetAnd(
                        "target.api-one.auth=basic",
                        "target.api-one.basic.username=u",
                        "target.api-one.basic.password=p")
                .override("target.api-one.auth", "none");

        assertThat(workspace.load().targets().values()).singleElement().satisfies(target -> assertThat(target.auth())
                .isInstanceOf(Settings.Auth.None.class));
    }

    @Test
    void onlyTheAuthIsToldWhenItIsUnknown() {
        workspace.targetAnd("target.api-one.auth=oauth2", "target.api-one.oauth.scope=a");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: bad value 'oauth2' for 'target.api-one.auth': expected one"
                        + " of none, basic, api-key, client-credentials, authorization-code, token-exchange, such as"
                        + " client-credentials");
    }

    @Test
    void secretIsAnErrorWhenTheClientDoesNotAuthenticate() {
        String[] oauth = {
            "target.api-one.auth=client-credentials",
            "target.api-one.oauth.token-url=https://idp/token",
            "target.api-one.oauth.client-id=c",
            "target.api-one.oauth.client-auth=none"
        };
        assertThat(workspace.targetAnd(oauth).faults()).isEmpty();

        workspace.targetAnd(String.join("\n", oauth), "target.api-one.oauth.client-secret=s3cret");
        assertThat(workspace.faults())
                .containsExactly("application.properties:6: 'target.api-one.oauth.client-secret' has no effect with"
                        + " client-auth=none; set target.api-one.oauth.client-auth=basic or post, or remove it");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080/token, false, true",
        "http://127.0.0.1/token, false, true",
        "http://[::1]:80/token, false, true",
        "https://idp.example.com/token, false, true",
        "http://idp.example.com/token, false, false",
        "http://localhost.example.com/token, false, false",
        "http://127.0.0.1.example.com/token, false, false",
        "http://idp.example.com/token, true, true"
    })
    void plainHttpIsForLoopbackWhenNotAllowed(String url, boolean allowed, boolean good) {
        workspace.targetAnd(
                "target.api-one.auth=client-credentials",
                "target.api-one.oauth.token-url=" + url,
                "target.api-one.oauth.client-id=c",
                "target.api-one.oauth.client-secret=s3cret",
                "target.api-one.oauth.allow-http=" + allowed);

        if (good) {
            assertThat(workspace.faults()).isEmpty();
        } else {
            assertThat(workspace.faults())
                    .containsExactly("application.properties:3: 'target.api-one.oauth.token-url' is plain http, which"
                            + " shows the client secret to the network; use https, or set"
                            + " target.api-one.oauth.allow-http=true");
        }
    }

    @Test
    void passwordIsNotShownWhenItIsInAUrl() {
        workspace.properties("target.a.url=https://user:s3cret@a.example.com/", "target.b.url=http://b/x y?key=s3cret");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:1: bad value 'https://***@a.example.com/' for 'target.a.url': expected"
                                + " an http or https URL, such as https://api-one.example.com/endpoint (it must have no"
                                + " user and password in it; those are configured with target.<name>.auth)",
                        "application.properties:2: bad value 'http://b/x y?***' for 'target.b.url': expected an http or"
                                + " https URL, such as https://api-one.example.com/endpoint (it is malformed)");
    }

    @Test
    void resolvedValueIsNotShownWhenAVariableIsTheWrongOne() {
        workspace.targetAnd("tandem.http.port={{env:API_SECRET}}").env("API_SECRET", "s3cret");

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .contains("bad value '{{env:API_SECRET}}' for 'tandem.http.port'")
                .doesNotContain("s3cret");
    }

    @Test
    void valueIsNotShownWhenItIsASecretOrOftenIsOne() {
        workspace.targetAnd(
                "target.api-one.auth=api-key",
                "target.api-one.api-key.value=s3cret\\nx",
                "target.api-one.header.X-Key=s3cret\\u0000",
                "target.api-one.oauth.client-secert=s3cret");

        assertThat(workspace.faults())
                .hasSize(3)
                .allSatisfy(fault -> assertThat(fault).doesNotContain("s3cret"))
                .first()
                .asString()
                .isEqualTo("application.properties:3: bad value for 'target.api-one.api-key.value': expected text in"
                        + " one line, or a readable file that holds it, such as {{env:API_ONE_KEY}} (it has more than"
                        + " one line, or another control character)");
    }

    @Test
    void faultIsOneLineWhenValuesHaveLineBreaks() {
        workspace.targetAnd("tandem.shape=a\\nb", "x\\ny=1");

        assertThat(workspace.faults()).hasSize(2).allSatisfy(fault -> assertThat(fault)
                .doesNotContain("\n"));
    }

    @Test
    void headersAreRefusedWhenTandemOrHttpOwnsThem() {
        workspace.targetAnd(
                "tandem.http.forward-headers=X-Good,Cookie",
                "target.api-one.header.Authorization=Bearer s3cret",
                "target.api-one.header.Content-Length=1",
                "target.api-one.header.X-A=1",
                "target.api-one.header.x-a=2");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:2: bad value 'X-Good,Cookie' for 'tandem.http.forward-headers':"
                                + " expected header names, separated by commas, such as X-Tenant,Accept-Language"
                                + " ('Cookie' carries credentials; those are configured with target.<name>.auth)",
                        "application.properties:3: bad header in 'target.api-one.header.Authorization': 'Authorization'"
                                + " carries credentials; those are configured with target.<name>.auth",
                        "application.properties:4: bad header in 'target.api-one.header.Content-Length':"
                                + " 'Content-Length' belongs to the connection or the body",
                        "application.properties:6: 'target.api-one.header.x-a' is given twice, in upper and lower case;"
                                + " remove one");
    }

    @Test
    void headerIsRefusedWhenItCarriesTheApiKey() {
        workspace.targetAnd(
                "target.api-one.auth=api-key",
                "target.api-one.api-key.header=X-Api-Key",
                "target.api-one.api-key.value=k",
                "target.api-one.header.x-api-key=other");

        assertThat(workspace.faults())
                .containsExactly("application.properties:5: 'target.api-one.header.x-api-key' names the header that"
                        + " carries the API key; remove it, or set another target.api-one.api-key.header");
    }

    @Test
    void tokenParameterIsRefusedWhenAnotherKeySetsIt() {
        workspace.targetAnd(
                "target.api-one.auth=client-credentials",
                "target.api-one.oauth.token-url=https://idp/token",
                "target.api-one.oauth.client-id=c",
                "target.api-one.oauth.client-secret=s",
                "target.api-one.oauth.parameter.grant_type=password");

        assertThat(workspace.faults())
                .containsExactly("application.properties:6: 'target.api-one.oauth.parameter.grant_type' is a parameter"
                        + " that Tandem sets from other keys");
    }

    @Test
    void laterOneIsToldWhenTwoValuesContradict() {
        workspace.targetAnd(
                "target.api-one.retry.max-backoff=1s",
                "target.api-one.retry.min-backoff=2s",
                "tandem.http.port=9000",
                "tandem.management.port=9000");

        assertThat(workspace.faults())
                .containsExactly(
                        "application.properties:3: 'target.api-one.retry.min-backoff' is longer than"
                                + " 'target.api-one.retry.max-backoff'",
                        "application.properties:5: 'tandem.http.port' and 'tandem.management.port' are both 9000;"
                                + " change one");
    }

    @Test
    void portsMayBeTheSameWhenAnyFreeOneIsTaken() {
        assertThat(workspace
                        .targetAnd("tandem.http.port=0", "tandem.management.port=0")
                        .faults())
                .isEmpty();
    }

    @Test
    void inboxIsRefusedWhenItWouldBeAFolderBesideItself() {
        workspace.targetAnd("tandem.inbox.dir=data/done");

        assertThat(workspace.faults())
                .singleElement()
                .asString()
                .startsWith("application.properties:2: 'tandem.inbox.dir' can't be data/done");
    }

    @Test
    void defaultThatFollowsAnotherKeyIsSilentWhenThatOneIsBad() {
        workspace.targetAnd("tandem.max-in-flight=0");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: bad value '0' for 'tandem.max-in-flight': expected a number"
                        + " from 1 to 1000000, such as 256");
    }

    @Test
    void missingUnitIsToldWhenADurationIsANumber() {
        workspace.targetAnd("target.api-one.timeout=3000");

        assertThat(workspace.faults())
                .containsExactly("application.properties:2: bad value '3000' for 'target.api-one.timeout': expected a"
                        + " duration with its unit, 1ms to 24h (250ms, 3s, 2m, 1h or PT3S), such as 5s (the unit is"
                        + " missing)");
    }

    @Test
    void keysOfUsersAreAllowedWhenARouteRefersToThem() {
        workspace
                .targetAnd("my.a=1", "my.b=2", "my.c=3", "my.d=4")
                .file("routes/a.camel.yaml", "uri: 'log:{{my.a}}?x={{?my.b}}'\nsimple: '${properties:my.c:none}'\n")
                .file("routes/.hidden", "{{my.d}}");

        assertThat(workspace.faults())
                .containsExactly("application.properties:5: unknown key 'my.d', to which no route refers");
    }
}
