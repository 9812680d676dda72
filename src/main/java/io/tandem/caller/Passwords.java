package io.tandem.caller;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Callers who show a name and a password (RFC 7617). What was tried within the last minute is known without trying it
 * again; the rest is tried by one thread, so that guessing never takes more than one processor. Thread-safe.
 */
final class Passwords implements Authenticator {
    /** About three seconds of work. */
    private static final int WAITING = 16;

    private final KnownCallers callers;
    private final SecretKeySpec cacheKey;
    private final ThreadPoolExecutor executor;

    Passwords(KnownCallers callers) {
        this.callers = callers;
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.cacheKey = new SecretKeySpec(key, "HmacSHA256");
        this.executor = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
            Thread thread = new Thread(task, "tandem-passwords");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public @Nullable CompletableFuture<Finding> authenticate(Credentials credentials) {
        String basic = Authorization.of(credentials.authorization(), "basic");
        if (basic == null) {
            return null;
        }
        CharBuffer pair = decode(basic);
        int colon = pair == null ? -1 : pair.toString().indexOf(':');
        if (pair == null || colon < 0) {
            return CompletableFuture.completedFuture(Finding.NOBODY);
        }
        KnownCallers.Snapshot known = callers.now();
        try {
            return known.checked()
                    .get(
                            hmac(basic),
                            (key, unused) -> CompletableFuture.supplyAsync(
                                    () -> check(
                                            known,
                                            pair.subSequence(0, colon).toString(),
                                            pair.subSequence(colon + 1, pair.length())
                                                    .toString()),
                                    executor));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(Finding.notNow("Too many passwords wait to be checked."));
        }
    }

    private static Finding check(KnownCallers.Snapshot known, String name, String password) {
        KnownCallers.User user = known.users().get(name);
        boolean matches = (user == null ? known.nobody() : user.hash()).matches(password.toCharArray());
        return user != null && matches ? Finding.of(user.caller()) : Finding.NOBODY;
    }

    private static @Nullable CharBuffer decode(String basic) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(basic)));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
    }

    private String hmac(String basic) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(cacheKey);
            return Base64Url.encode(mac.doFinal(basic.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    @Override
    public String challenge(Credentials credentials) {
        return "Basic realm=\"tandem\", charset=\"UTF-8\"";
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
