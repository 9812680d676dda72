package io.tandem.oauth2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refresh tokens on a real disk, among real processes. */
class RefreshTokenStoreTest {
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final SavedLogin LOGIN =
            new SavedLogin("very-secret-refresh-token", "tandem", "https://idp.example.com", Instant.EPOCH);

    @TempDir
    private Path temp;

    private Path folder;
    private RefreshTokenStore store;

    @BeforeEach
    void start() {
        folder = temp.resolve("data/logins");
        store = new RefreshTokenStore(folder, StoreKey.file(folder.resolve("key")));
    }

    private static void save(RefreshTokenStore in, String name, SavedLogin login) {
        try (RefreshTokenStore.Session session = in.open(name, WAIT)) {
            session.save(login);
        }
    }

    private static SavedLogin load(RefreshTokenStore from, String name) {
        try (RefreshTokenStore.Session session = from.open(name, WAIT)) {
            return session.login();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @Test
    void loginComesBackAndIsNotReadableOnTheDisk() throws IOException {
        assertThat(store.has("api-one")).isFalse();
        assertThat(load(store, "api-one")).isNull();
        save(store, "api-one", LOGIN);

        assertThat(store.has("api-one")).isTrue();
        assertThat(load(store, "api-one")).isEqualTo(LOGIN);
        assertThat(load(new RefreshTokenStore(folder, StoreKey.file(folder.resolve("key"))), "api-one"))
                .isEqualTo(LOGIN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        for (Path file : files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as("%s", file)
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .doesNotContain("very-secret", "tandem", "idp.example");
        }
        store.remove("api-one");
        assertThat(store.has("api-one")).isFalse();
    }

    @Test
    void equalLoginsAreNotEqualOnTheDisk() {
        save(store, "api-one", LOGIN);
        String first = store.fingerprint("api-one");
        save(store, "api-one", LOGIN);
        assertThat(store.fingerprint("api-one")).isNotEqualTo(first).isNotEmpty();
    }

    @Test
    void damagedFileIsToldAndNotTakenForNoLogin() throws IOException {
        save(store, "api-one", LOGIN);
        Path file = folder.resolve("api-one.login");
        byte[] whole = Files.readAllBytes(file);
        for (int cut : new int[] {0, 1, 10, whole.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> load(store, "api-one"))
                    .isInstanceOf(RefreshTokenStoreException.class)
                    .hasMessageContaining("api-one.login");
        }
        for (int flip : new int[] {0, 4, 5, 20, whole.length - 1}) {
            byte[] changed = whole.clone();
            changed[flip] ^= 1;
            Files.write(file, changed);
            assertThatThrownBy(() -> load(store, "api-one"))
                    .isInstanceOf(RefreshTokenStoreException.class)
                    .hasMessageContaining("can't be decrypted");
        }
    }

    @Test
    void fileOfAnotherNameIsRefused() throws IOException {
        save(store, "api-one", LOGIN);
        Files.copy(folder.resolve("api-one.login"), folder.resolve("api-two.login"));
        assertThatThrownBy(() -> load(store, "api-two")).hasMessageContaining("can't be decrypted");
    }

    @Test
    void anotherKeyIsTold() throws IOException {
        save(store, "api-one", LOGIN);
        Files.delete(folder.resolve("key"));
        assertThatThrownBy(() -> load(store, "api-one")).hasMessageContaining("of another key");
    }

    @Test
    void keyMayComeFromElsewhereAsBase64OrHexadecimal() throws IOException {
        byte[] key = new byte[32];
        key[0] = -5;
        key[1] = -1;
        String base64 = Base64.getEncoder().encodeToString(key);
        save(new RefreshTokenStore(folder, StoreKey.value(() -> base64 + "\n")), "api-one", LOGIN);
        assertThat(load(
                        new RefreshTokenStore(
                                folder, StoreKey.value(() -> HexFormat.of().formatHex(key))),
                        "api-one"))
                .isEqualTo(LOGIN);
        assertThat(load(
                        new RefreshTokenStore(folder, StoreKey.value(() -> Base64.getUrlEncoder()
                                .encodeToString(key))),
                        "api-one"))
                .isEqualTo(LOGIN);
        assertThat(files()).noneMatch(file -> file.endsWith("key"));
        assertThat(StoreKey.value(() -> base64).toString()).doesNotContain(base64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hunter2", "AAAA", "zz", "not base64 at all, but long enough to be taken for it"})
    void weakKeyIsRefusedWithoutBeingShown(String key) {
        assertThatThrownBy(() -> save(new RefreshTokenStore(folder, StoreKey.value(() -> key)), "api-one", LOGIN))
                .isInstanceOf(RefreshTokenStoreException.class)
                .hasMessageContaining("openssl rand")
                .satisfies(e -> assertThat(key.isEmpty() || !e.getMessage().contains(key))
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../x", "a/b", ".hidden", "a b", "a\u0000b"})
    void nameThatCouldLeaveTheFolderIsRefused(String name) {
        assertThatThrownBy(() -> store.has(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void filesOfAProcessThatDiedWhileWritingAreRemoved() throws IOException {
        save(store, "api-one", LOGIN);
        Path torn = Files.writeString(folder.resolve(".api-one.login-x.tmp"), "half");
        save(store, "api-one", LOGIN);
        assertThat(torn).doesNotExist();
        assertThat(load(store, "api-one")).isEqualTo(LOGIN);
    }

    @Test
    void loginInUseIsToldAfterTheWait() {
        try (RefreshTokenStore.Session held = store.open("api-one", WAIT)) {
            held.save(LOGIN);
            RefreshTokenStore other = new RefreshTokenStore(folder, StoreKey.file(folder.resolve("key")));
            ExecutorService thread = Executors.newSingleThreadExecutor();
            Future<?> waiting = thread.submit(() -> store.open("api-one", Duration.ofMillis(50)));
            assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(RefreshTokenStoreException.class);
            assertThat(other.has("api-one")).isTrue();
            thread.shutdownNow();
        }
        assertThat(load(store, "api-one")).isEqualTo(LOGIN);
    }

    @Test
    void threadsAndProcessesLoseNoRotationOfEachOther() throws Exception {
        List<Process> processes = List.of(StoreProcess.start(folder, 60), StoreProcess.start(folder, 60));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<?>> rotations = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            rotations.add(threads.submit(() -> StoreProcess.rotate(store, 60)));
        }
        for (Future<?> rotation : rotations) {
            rotation.get();
        }
        threads.shutdown();
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(load(store, "shared").refreshToken()).isEqualTo("240");
    }

    @Test
    void loginSurvivesAProcessThatIsKilledWhileWriting() throws Exception {
        Process process = StoreProcess.start(folder, 1_000_000);
        // by the file's times, not by reading: a reader would queue for the lock behind a busy writer
        Path login = folder.resolve("shared.login");
        Set<FileTime> writes = new HashSet<>();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.exists(login) && writes.add(Files.getLastModifiedTime(login)) && writes.size() > 10);
        process.destroyForcibly().waitFor();

        int reached = Integer.parseInt(load(store, "shared").refreshToken());
        StoreProcess.rotate(store, 1);
        assertThat(load(store, "shared").refreshToken()).isEqualTo(String.valueOf(reached + 1));
        assertThat(files()).noneMatch(file -> file.toString().endsWith(".tmp"));
    }

    @Test
    void replacedKeyFileTakesEffect() throws IOException {
        save(store, "api-one", LOGIN);
        Path other =
                Files.writeString(temp.resolve("other"), Base64.getEncoder().encodeToString(new byte[32]));
        Files.move(other, folder.resolve("key"), StandardCopyOption.ATOMIC_MOVE);
        assertThatThrownBy(() -> load(store, "api-one")).hasMessageContaining("of another key");
        save(store, "api-one", LOGIN);
        assertThat(load(store, "api-one")).isEqualTo(LOGIN);
    }
}
