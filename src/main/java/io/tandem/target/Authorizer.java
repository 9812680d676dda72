package io.tandem.target;

import io.tandem.message.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives the header by which a target knows Tandem. Thread-safe, and never blocks. */
public interface Authorizer {

    /**
     * One header.
     *
     * @param name the header's name
     * @param value the header's value, a secret
     * @param credential what the value was made from, so that exactly this one can be rejected; or null
     */
    record Authorization(String name, String value, @Nullable Object credential) {
        @Override
        public String toString() {
            return "Authorization[" + name + "]";
        }
    }

    /** For targets that ask for no credentials. */
    Authorizer NONE = new Authorizer() {
        @Override
        public CompletionStage<@Nullable Authorization> authorization(Message message) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean reject(Authorization used, int status, @Nullable String challenge) {
            return false;
        }
    };

    /** For targets that know a fixed header; its value is read at each use, since secrets may change. */
    static Authorizer fixed(String name, Supplier<String> value) {
        return new Authorizer() {
            @Override
            public CompletionStage<@Nullable Authorization> authorization(Message message) {
                return CompletableFuture.completedFuture(new Authorization(name, value.get(), null));
            }

            @Override
            public boolean reject(Authorization used, int status, @Nullable String challenge) {
                return false;
            }
        };
    }

    /**
     * The header to send with a message, null for none. Complete already when it is at hand; completes exceptionally when none can be
     * had now.
     */
    CompletionStage<@Nullable Authorization> authorization(Message message);

    /**
     * Tells that a target answered {@code status} to a request with {@code used}.
     *
     * @param challenge the target's {@code WWW-Authenticate}, if it sent one
     * @return whether it makes sense to ask for another authorization and to try once more
     */
    boolean reject(Authorization used, int status, @Nullable String challenge);
}
