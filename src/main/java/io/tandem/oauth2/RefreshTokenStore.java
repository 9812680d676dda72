package io.tandem.oauth2;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the refresh tokens of logins in a folder, one file each, encrypted with AES-256-GCM and readable by their owner
 * alone. A file is replaced as a whole, and is on the disk before the new token is used. Whoever works with a login
 * holds its lock, which other processes respect: two that renew at the same time would otherwise lose each other's
 * rotation, and a server that sees an old refresh token twice ends the session. Safe for use by any thread and process;
 * within a process there must be one store for a folder.
 */
public final class RefreshTokenStore {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final byte[] FORMAT = {'T', 'N', 'D', 'M', 1};
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final long POLL = Duration.ofMillis(20).toNanos();

    private final Path folder;
    private final StoreKey key;
    private final SecureRandom random = new SecureRandom();
    // A file lock is the process's, not the thread's: closing any channel of the file would give it back.
    private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();

    /** A store in {@code folder}, which is made when the first login is saved. */
    public RefreshTokenStore(Path folder, StoreKey key) {
        this.folder = folder;
        this.key = key;
    }

    /** Whether there is a login of this name; it may no longer be good. */
    public boolean has(String name) {
        return Files.exists(file(name));
    }

    /** The file that keeps the login of this name, for people. */
    public Path place(String name) {
        return file(name);
    }

    /** Forgets a login. */
    public void remove(String name) {
        try (Session session = open(name, Duration.ofSeconds(10))) {
            session.remove();
        }
    }

    /** A digest of the login as it is now; empty when there is none. */
    String fingerprint(String name) {
        try {
            return Fingerprint.of(Files.readString(file(name), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return "";
        }
    }

    /** Works with one login, alone in this process and among others, until it is closed. */
    Session open(String name, Duration wait) {
        Path file = file(name);
        long deadline = System.nanoTime() + wait.toNanos();
        Semaphore turn = turns.computeIfAbsent(name, n -> new Semaphore(1));
        try {
            if (!turn.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw inUse(name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw inUse(name);
        }
        FileChannel channel = null;
        try {
            Path lockFile = PrivateFiles.folder(file).resolve(name + ".lock");
            channel = FileChannel.open(
                    lockFile,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PrivateFiles.mode(folder, "rw-------"));
            while (channel.tryLock() == null) {
                if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                    throw inUse(name);
                }
                LockSupport.parkNanos(POLL);
            }
            return new Session(name, file, channel, turn);
        } catch (IOException e) {
            release(channel, turn);
            throw new RefreshTokenStoreException("the folder '" + folder + "' can't be used for logins", e);
        } catch (RuntimeException e) {
            release(channel, turn);
            throw e;
        }
    }

    private static RefreshTokenStoreException inUse(String name) {
        return new RefreshTokenStoreException("the login '" + name + "' is in use by another process", null);
    }

    private static void release(@Nullable FileChannel channel, Semaphore turn) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the system gives the lock back with the file
        } finally {
            turn.release();
        }
    }

    private Path file(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' can't be the name of a login");
        }
        return folder.resolve(name + ".login");
    }

    /** The login while its lock is held. For one thread. */
    final class Session implements AutoCloseable {
        private final String name;
        private final Path file;
        private final FileChannel lock;
        private final Semaphore turn;

        private Session(String name, Path file, FileChannel lock, Semaphore turn) {
            this.name = name;
            this.file = file;
            this.lock = lock;
            this.turn = turn;
        }

        @Nullable
        SavedLogin login() {
            if (!Files.exists(file)) {
                return null;
            }
            try {
                return read(Files.readAllBytes(file));
            } catch (AEADBadTagException e) {
                throw new RefreshTokenStoreException(
                        "'" + file + "' can't be decrypted: it is damaged, of another name, or of another key", null);
            } catch (IOException | GeneralSecurityException e) {
                throw new RefreshTokenStoreException("'" + file + "' can't be read", e);
            }
        }

        void save(SavedLogin login) {
            try {
                byte[] content = write(login);
                removeTornFiles();
                PrivateFiles.write(file, content);
            } catch (IOException | GeneralSecurityException e) {
                throw new RefreshTokenStoreException("'" + file + "' can't be written", e);
            }
        }

        private void remove() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new RefreshTokenStoreException("'" + file + "' can't be removed", e);
            }
        }

        private SavedLogin read(byte[] bytes) throws GeneralSecurityException, IOException {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte[] format = new byte[FORMAT.length];
            byte[] nonce = new byte[NONCE];
            if (bytes.length < FORMAT.length + NONCE + TAG_BITS / 8) {
                throw new IOException("too short");
            }
            in.get(format).get(nonce);
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, nonce, format);
            byte[] plain = cipher.doFinal(bytes, in.position(), in.remaining());
            ObjectNode json = Json.object(new String(plain, StandardCharsets.UTF_8));
            if (json == null) {
                throw new IOException("not a login");
            }
            try {
                return new SavedLogin(
                        json.path("refreshToken").asText(),
                        json.path("clientId").asText(),
                        json.path("server").asText(),
                        Instant.parse(json.path("savedAt").asText()));
            } catch (DateTimeParseException e) {
                throw new IOException("not a login", e);
            }
        }

        private byte[] write(SavedLogin login) throws GeneralSecurityException {
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("refreshToken", login.refreshToken())
                    .put("clientId", login.clientId())
                    .put("server", login.server())
                    .put("savedAt", login.savedAt().toString());
            byte[] nonce = new byte[NONCE];
            random.nextBytes(nonce);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, FORMAT)
                    .doFinal(json.toString().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(FORMAT.length + NONCE + sealed.length)
                    .put(FORMAT)
                    .put(nonce)
                    .put(sealed)
                    .array();
        }

        // The name is authenticated too: a file copied to another name is refused.
        private Cipher cipher(int mode, byte[] nonce, byte[] format) throws GeneralSecurityException {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(format);
            cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
            return cipher;
        }

        // left by a process that died while writing
        private void removeTornFiles() throws IOException {
            try (DirectoryStream<Path> torn = Files.newDirectoryStream(
                    PrivateFiles.folder(file), "." + file.getFileName() + "-*" + PrivateFiles.TEMPORARY)) {
                for (Path left : torn) {
                    Files.deleteIfExists(left);
                }
            }
        }

        @Override
        public void close() {
            release(lock, turn);
        }
    }
}
