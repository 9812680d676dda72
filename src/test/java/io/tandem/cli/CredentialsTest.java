package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.CallerList;
import io.tandem.oauth2.TestPki;
import io.tandem.support.Callers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials are made by a command, and shown by the others without being seen on the command line. */
class CredentialsTest {
    @TempDir
    private Path folder;

    @Test
    void madeKeyOpensATandemThatKnowsItsLine() throws Exception {
        CommandRun made = CommandRun.of("hash-key", "shop", "--scope", "messages.write", "--scope", "messages.read");
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(CallerList.parse(made.out())).singleElement().satisfies(entry -> assertThat(entry.scopes())
                .containsExactly("messages.write", "messages.read"));
        String key = made.err().strip().replaceFirst("^The key of shop, shown only now: ", "");
        Path callers = Files.writeString(folder.resolve("callers"), made.out());
        Path keyFile = Files.writeString(folder.resolve("key"), key + "\n");
        Path message = Files.writeString(folder.resolve("a.json"), "{}");

        try (CalledTandem tandem = new CalledTandem(Callers.settings("api-key,basic"))) {
            assertThat(tandem.run("messages", "--api-key", "file:" + keyFile).errLines())
                    .singleElement()
                    .asString()
                    .startsWith("Authentication is required");
        }
        try (CalledTandem tandem =
                new CalledTandem(Map.of("tandem.auth", "api-key", "tandem.auth.callers", "file:" + callers))) {
            CommandRun sent = tandem.run("send", message.toString(), "--api-key", "file:" + keyFile);
            assertThat(sent.exitCode()).as(sent.err()).isZero();
            assertThat(tandem.run("messages", "--api-key", "file:" + keyFile).exitCode())
                    .isZero();
            assertThat(tandem.run("messages").exitCode()).isEqualTo(1);
        }
    }

    @Test
    void passwordIsAskedForAndOpensATandem() throws Exception {
        CommandRun made =
                CommandRun.piped("long enough\n", "hash-key", "--password", "ann", "--scope", "messages.read");
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.out()).startsWith("ann pbkdf2:").doesNotContain("long enough");
        Path password = Files.writeString(folder.resolve("password"), "long enough");

        try (CalledTandem tandem =
                new CalledTandem(Map.of("tandem.auth", "basic", "tandem.auth.callers", made.out()))) {
            assertThat(tandem.run("messages", "--user", "ann", "--password", "file:" + password)
                            .exitCode())
                    .isZero();
        }
    }

    @Test
    void keyThatExistsIsHashedWhenItIsLong() {
        assertThat(CommandRun.piped(Callers.SHOP_KEY + "\n", "hash-key", "--existing", "shop")
                        .out())
                .startsWith("shop sha256:");
        CommandRun weak = CommandRun.piped("s3cr3t\n", "hash-key", "--existing", "shop");
        assertThat(weak.exitCode()).isEqualTo(1);
        assertThat(weak.errLines())
                .containsExactly("expected at least 32 characters of a key; for a password there is --password");
    }

    @Test
    void tandemIsTrustedByItsAuthorityAndShownACertificate() throws Exception {
        TestPki pki = new TestPki();
        TestPki.Identity server = pki.server("127.0.0.1");
        Path trust = pki.trustFile(folder);
        Path keystore =
                Files.write(folder.resolve("shop.p12"), pki.client("shop").pkcs12("s3cr3t"));
        Path password = Files.writeString(folder.resolve("pass"), "s3cr3t");
        try (CalledTandem tandem = new CalledTandem(Map.of(
                "tandem.http.tls.certificate",
                Files.writeString(folder.resolve("tls.crt"), server.pemCertificate())
                        .toString(),
                "tandem.http.tls.key",
                Files.writeString(folder.resolve("tls.key"), server.pemKey()).toString(),
                "tandem.http.tls.client-trust",
                trust.toString(),
                "tandem.auth",
                "mtls",
                "tandem.auth.mtls.scopes",
                "messages.read"))) {
            String url = tandem.url().replace("http:", "https:");
            CommandRun run = CommandRun.of(
                    "messages",
                    "--url",
                    url,
                    "--cacert",
                    trust.toString(),
                    "--keystore",
                    keystore.toString(),
                    "--keystore-password",
                    "file:" + password);
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(CommandRun.of("messages", "--url", url).err()).contains("no TLS connection");
            assertThat(CommandRun.of("messages", "--url", url, "--cacert", trust.toString())
                            .err())
                    .contains("Authentication is required");
            CommandRun wrong = CommandRun.of("messages", "--url", url, "--cacert", password.toString());
            assertThat(wrong.exitCode()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "messages --api-key secret",
                "messages --token secret",
                "messages --user ann",
                "messages --user ann --password secret",
                "messages --api-key env:TANDEM_TEST_NOT_SET",
                "messages --api-key file:/nowhere/at/all",
                "hash-key secret:key",
                "hash-key shop --scope a\"b",
                "hash-key shop --password --existing",
                "hash-key"
            })
    void wrongUsageIsTwoAndSaysNoSecret(String line) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(List.of(run.err().split("\n")).get(0)).doesNotContain("secret");
    }
}
