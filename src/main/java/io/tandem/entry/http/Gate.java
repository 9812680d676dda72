package io.tandem.entry.http;

import io.tandem.caller.Caller;
import io.tandem.caller.CallerCheck;
import io.tandem.caller.Credentials;
import io.tandem.caller.Permission;
import io.tandem.caller.Verdict;
import io.tandem.config.Settings;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who may call, before anything else of a request is looked at: who may not learns neither paths nor methods,
 * and no body of theirs is read. Thread-safe; each request is decided on its event loop.
 */
final class Gate {
    private final Vertx vertx;
    private final CallerCheck check;
    private final String keyHeader;
    private final boolean certificates;

    private final Refusals refusals;

    Gate(Vertx vertx, CallerCheck check, Settings.Callers who, Refusals refusals) {
        this.vertx = vertx;
        this.check = check;
        this.keyHeader = who.keyHeader();
        this.certificates = who.mtls() != null;
        this.refusals = refusals;
    }

    /** @param next takes the request of a caller who is let in; the caller is null when nobody is asked */
    void admit(HttpServerRequest request, Consumer<@Nullable Caller> next) {
        CompletableFuture<Verdict> verdict = check.check(credentials(request));
        if (verdict.isDone()) {
            decide(request, verdict.join(), next);
            return;
        }
        request.pause();
        Context context = vertx.getOrCreateContext();
        CompletionStage<Verdict> later = verdict;
        later.thenAccept(found -> context.runOnContext(v -> {
            if (!request.response().closed()) {
                decide(request, found, next);
                if (!request.isEnded()) {
                    request.resume();
                }
            }
        }));
    }

    /** Whether the caller may do this; tells the caller when it may not. */
    boolean permits(HttpServerRequest request, Caller caller, Permission permission) {
        Verdict.Refused refused = check.refusal(caller, permission);
        if (refused != null) {
            refuse(request, refused);
        }
        return refused == null;
    }

    private Credentials credentials(HttpServerRequest request) {
        MultiMap headers = request.headers();
        return new Credentials(
                headers.getAll("Authorization"),
                headers.getAll(keyHeader),
                request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress(),
                certificates ? certificate(request.sslSession()) : null);
    }

    private static @Nullable X509Certificate certificate(@Nullable SSLSession session) {
        try {
            return session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? certificate
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            // none was shown
            return null;
        }
    }

    private void decide(HttpServerRequest request, Verdict verdict, Consumer<@Nullable Caller> next) {
        if (verdict instanceof Verdict.Admitted admitted) {
            next.accept(admitted.caller());
        } else if (verdict instanceof Verdict.Refused refused) {
            refuse(request, refused);
        }
    }

    private void refuse(HttpServerRequest request, Verdict.Refused refused) {
        HttpServerResponse out = request.response();
        if (!refused.challenges().isEmpty()) {
            out.putHeader("WWW-Authenticate", refused.challenges());
        }
        if (refused.retryAfter() > 0) {
            out.putHeader("Retry-After", Integer.toString(refused.retryAfter()));
        }
        refusals.refuse(request, refused.problem());
    }
}
