package io.tandem.caller;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Callers who show an API key, alone in a header. Thread-safe. */
final class ApiKeys implements Authenticator {
    private final KnownCallers callers;
    private final String header;

    ApiKeys(KnownCallers callers, String header) {
        this.callers = callers;
        this.header = header;
    }

    @Override
    public @Nullable CompletableFuture<Finding> authenticate(Credentials credentials) {
        List<String> keys = credentials.apiKey();
        if (keys.isEmpty()) {
            return null;
        }
        Caller caller = keys.size() == 1 ? callers.now().ownerOf(keys.get(0)) : null;
        return CompletableFuture.completedFuture(Finding.of(caller));
    }

    @Override
    public String challenge(Credentials credentials) {
        return "ApiKey realm=\"tandem\", header=\"" + header + "\"";
    }
}
