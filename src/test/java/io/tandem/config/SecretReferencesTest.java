package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretReferencesTest {
    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void prepare() {
        workspace = new Workspace(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:run/key", "file:%s/run/key", "file://%s/run/key"})
    void valueIsThatOfTheFileWhenReferredTo(String reference) {
        workspace.file("run/key", "s3cret {{x}}\n");

        assertThat(key(reference.formatted(folder)).value()).isEqualTo("s3cret {{x}}");
    }

    @Test
    void newValueTakesEffectWhenTheFileChanges() {
        workspace.file("run/key", "first");
        Secret key = key("file:run/key");
        assertThat(key.value()).isEqualTo("first");

        workspace.file("run/key", "second one");

        await().untilAsserted(() -> assertThat(key.value()).isEqualTo("second one"));
    }

    @Test
    void referenceMayHavePlaceholdersWhenItIsASecrets() {
        workspace.file("run/key", "s3cret").env("DIR", "run");

        assertThat(key("file:{{env:DIR}}/key").value()).isEqualTo("s3cret");
    }

    @Test
    void faultIsToldWhenTheFileIsMissingOrEmpty() {
        workspace.file("empty", "\n");

        assertThat(withKey("file:gone").faults())
                .containsExactly("application.properties:3: the file of 'target.api-one.api-key.value', "
                        + folder.resolve("gone") + ", can't be used: no such file");
        assertThat(withKey("file:empty").faults()).singleElement().asString().endsWith("can't be used: it is empty");
    }

    @Test
    void fileReferenceIsPlainTextWhenTheKeyIsNoSecret() {
        workspace.file("run/scheme", "Bearer");

        Settings.Auth auth =
                auth(withKey("k\ntarget.api-one.api-key.scheme=file").load());

        assertThat(((Settings.Auth.ApiKey) auth).scheme()).isEqualTo("file");
        assertThat(withKey("k\ntarget.api-one.api-key.scheme=file:run/scheme").faults())
                .singleElement()
                .asString()
                .contains("bad value 'file:run/scheme' for 'target.api-one.api-key.scheme'");
    }

    @Test
    void mountedSecretIsTakenAsItIsAndFollowedWhenKubernetesRotatesIt() throws IOException {
        Path mount = mount("_secrets/api-one", "..1", "target.api-one.api-key.value", "a{{b}}c\n");
        Secret key = ((Settings.Auth.ApiKey)
                        auth(workspace.targetAnd("target.api-one.auth=api-key").load()))
                .key();
        assertThat(key.value()).isEqualTo("a{{b}}c");

        Files.createDirectory(mount.resolve("..2"));
        Files.writeString(mount.resolve("..2/target.api-one.api-key.value"), "rotated");
        Files.delete(mount.resolve("..data"));
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2"));

        await().untilAsserted(() -> assertThat(key.value()).isEqualTo("rotated"));
    }

    @Test
    void mountedFoldersAreReadOnceWhenTheyConsistOfLinks() throws IOException {
        mount("_configmaps/tandem", "..2026", "application.properties", "tandem.deadline=7s\ntandem.http.port=81\n");
        mount("_configmaps/urls", "..2026", "target.api-one.url", "http://a/\n");
        mount("_secrets/tls", "..2026", "tls.key", "-----BEGIN PRIVATE KEY-----\n");
        Files.write(workspace.path("conf.d/_secrets/tls/keystore.jks"), new byte[] {(byte) 0xfe, (byte) 0xed});

        Settings settings = workspace.load();

        assertThat(settings.http().port()).isEqualTo(81);
        assertThat(Objects.requireNonNull(settings.targets().get("api-one")).url())
                .isEqualTo("http://a/");
        assertThat(settings.placeholders()).doesNotContainKey("tls.key");
    }

    @Test
    void laterFolderWinsWhenSeveralAreNamed() {
        workspace
                .targetAnd()
                .env("TANDEM_CLOUD_PROPERTIES_LOCATION", "one, two ,gone")
                .file("one/tandem.deadline", "1s")
                .file("two/tandem.deadline", "2s")
                .file("two/..data/tandem.deadline", "3s");

        assertThat(workspace.load().deadline()).hasSeconds(2);
    }

    @Test
    void placeIsToldWhenAMountedKeyIsUnknown() {
        workspace.targetAnd().file("conf.d/_configmaps/a/x.properties", "\ntandem.http.prot=1\n");
        workspace.file("conf.d/_configmaps/a/target.api-one.ulr", "http://x/");

        assertThat(workspace.faults())
                .containsExactly(
                        folder + "/conf.d/_configmaps/a/target.api-one.ulr: unknown key 'target.api-one.ulr'; did you"
                                + " mean 'target.api-one.url'?",
                        folder + "/conf.d/_configmaps/a/x.properties:2: unknown key 'tandem.http.prot'; did you mean"
                                + " 'tandem.http.port'?");
    }

    /** As the kubelet mounts a volume: key → ..data/key, ..data → version. */
    private Path mount(String name, String version, String key, String content) throws IOException {
        Path mount = Files.createDirectories(workspace.path("conf.d").resolve(name));
        Files.createDirectory(mount.resolve(version));
        Files.writeString(mount.resolve(version).resolve(key), content);
        Files.createSymbolicLink(mount.resolve("..data"), Path.of(version));
        Files.createSymbolicLink(mount.resolve(key), Path.of("..data", key));
        return mount;
    }

    private Workspace withKey(String value) {
        return workspace.targetAnd("target.api-one.auth=api-key", "target.api-one.api-key.value=" + value);
    }

    private Secret key(String value) {
        return ((Settings.Auth.ApiKey) auth(withKey(value).load())).key();
    }

    private static Settings.Auth auth(Settings settings) {
        return Objects.requireNonNull(settings.targets().get("api-one")).auth();
    }
}
