package io.tandem.oauth2;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Another process that works with a store: rotates a login so many times, as a refresh does. */
public final class StoreProcess {
    private StoreProcess() {}

    /** Folder and number of rotations. */
    public static void main(String[] args) {
        rotate(
                new RefreshTokenStore(Path.of(args[0]), StoreKey.file(Path.of(args[0], "key"))),
                Integer.parseInt(args[1]));
    }

    static void rotate(RefreshTokenStore store, int times) {
        for (int i = 0; i < times; i++) {
            try (RefreshTokenStore.Session session = store.open("shared", Duration.ofSeconds(60))) {
                SavedLogin login = session.login();
                int n = login == null ? 0 : Integer.parseInt(login.refreshToken());
                session.save(new SavedLogin(String.valueOf(n + 1), "client", "server", Instant.EPOCH));
            }
        }
    }

    static Process start(Path folder, int times) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreProcess.class.getName(),
                        folder.toString(),
                        String.valueOf(times))
                .inheritIO()
                .start();
    }
}
