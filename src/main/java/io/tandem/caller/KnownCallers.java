package io.tandem.caller;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tandem.config.CallerList;
import io.tandem.config.Secret;
import io.tandem.config.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callers that are written down, as {@code tandem.auth.callers} says now: what changes there holds from the next
 * request on, unless it can't be read; then the last good list does. Thread-safe.
 */
final class KnownCallers {
    private static final Logger LOG = LoggerFactory.getLogger(KnownCallers.class);

    private final Secret source;
    private final Settings.Scopes scopes;
    private volatile Snapshot current;

    /** One who shows a key. */
    private record KeyOwner(KeyHash hash, Caller caller) {}

    /** One who shows a password. */
    record User(PasswordHash hash, Caller caller) {}

    /**
     * What one text says.
     *
     * @param nobody whose hash is tried for users that don't exist
     * @param checked passwords that were tried before, by a keyed hash of name and password; gone with the text
     */
    record Snapshot(
            String text,
            List<KeyOwner> keys,
            Map<String, User> users,
            PasswordHash nobody,
            AsyncCache<String, Finding> checked) {

        /** Whose key it is; always looks at all of them. */
        @Nullable
        Caller ownerOf(String key) {
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            Caller owner = null;
            for (KeyOwner candidate : keys) {
                if (candidate.hash().matches(bytes)) {
                    owner = candidate.caller();
                }
            }
            return owner;
        }

        private Snapshot insteadOf(String otherText) {
            return new Snapshot(otherText, keys, users, nobody, checked);
        }
    }

    /** @throws IllegalArgumentException when the list can't be read now */
    KnownCallers(Secret source, Settings.Scopes scopes) {
        this.source = source;
        this.scopes = scopes;
        String text = source.value();
        try {
            this.current = read(text);
        } catch (CallerList.MalformedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    Snapshot now() {
        String text = source.value();
        Snapshot known = current;
        return text.equals(known.text()) ? known : reload(text);
    }

    private synchronized Snapshot reload(String text) {
        if (!text.equals(current.text())) {
            try {
                current = read(text);
                LOG.info("tandem.auth.callers has changed");
            } catch (CallerList.MalformedException e) {
                LOG.warn("tandem.auth.callers: {}; going on with the last good list", e.getMessage());
                current = current.insteadOf(text);
            }
        }
        return current;
    }

    private Snapshot read(String text) throws CallerList.MalformedException {
        List<KeyOwner> keys = new ArrayList<>();
        Map<String, User> users = new HashMap<>();
        int rounds = PasswordHash.ROUNDS;
        for (CallerList.Entry entry : CallerList.parse(text)) {
            Set<String> granted = entry.scopes().isEmpty() ? Set.of(scopes.send()) : Set.copyOf(entry.scopes());
            Caller caller = new Caller(entry.name(), granted);
            switch (entry.kind()) {
                case KEY -> keys.add(new KeyOwner(KeyHash.parse(entry.hash()), caller));
                case PASSWORD -> {
                    PasswordHash hash = PasswordHash.parse(entry.hash());
                    rounds = hash.rounds();
                    users.put(entry.name(), new User(hash, caller));
                }
            }
        }
        AsyncCache<String, Finding> checked = Caffeine.newBuilder()
                .maximumSize(10_000)
                .expireAfterWrite(Duration.ofMinutes(1))
                .buildAsync();
        return new Snapshot(text, List.copyOf(keys), Map.copyOf(users), PasswordHash.ofNobody(rounds), checked);
    }
}
