package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import io.tandem.oauth2.TokenFailure.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A login on a machine without a browser (RFC 8628): the person opens a page elsewhere and types a code. For one login
 * and one thread; close it in any case.
 */
public final class DeviceLogin implements AutoCloseable {
    private static final Duration SLOWER = Duration.ofSeconds(5);
    private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(30);
    private static final Set<Kind> TRANSIENT =
            Set.of(Kind.CONNECTION, Kind.TIMEOUT, Kind.SERVER_ERROR, Kind.NAME_NOT_FOUND, Kind.THROTTLED);

    private final LoginCalls calls;
    private final DeviceAuthorizationSuccessResponse prompt;
    private final CodeVerifier verifier;
    private final Pause pause;

    /** Lets time pass. */
    interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    private DeviceLogin(
            LoginCalls calls, DeviceAuthorizationSuccessResponse prompt, CodeVerifier verifier, Pause pause) {
        this.calls = calls;
        this.prompt = prompt;
        this.verifier = verifier;
        this.pause = pause;
    }

    /**
     * Asks the server for a code.
     *
     * @throws LoginFailedException when it gives none
     */
    public static DeviceLogin start(LoginSettings settings) {
        return start(settings, duration -> Thread.sleep(duration.toMillis()));
    }

    static DeviceLogin start(LoginSettings settings, Pause pause) {
        LoginCalls calls = new LoginCalls(settings);
        try {
            URI url = settings.deviceUrl();
            if (url == null) {
                url = calls.server(null).deviceUrl();
            }
            if (url == null) {
                throw new TokenCallException(Kind.SETTINGS, "neither the settings nor the server name a device URL");
            }
            // Not in RFC 8628, but harmless, and Keycloak wants it of clients that must use PKCE.
            CodeVerifier verifier = new CodeVerifier();
            Map<String, List<String>> challenge = Map.of(
                    "code_challenge",
                            List.of(CodeChallenge.compute(CodeChallengeMethod.S256, verifier)
                                    .getValue()),
                    "code_challenge_method", List.of(CodeChallengeMethod.S256.getValue()));
            HTTPResponse response = calls.client().startDevice(url, challenge, settings.parameters());
            return new DeviceLogin(calls, read(response), verifier, pause);
        } catch (TokenCallException e) {
            calls.close();
            throw new LoginFailedException(e.failure());
        } catch (RuntimeException e) {
            calls.close();
            throw e;
        }
    }

    private static DeviceAuthorizationSuccessResponse read(HTTPResponse response) throws TokenCallException {
        String body = response.getBody() == null ? "" : response.getBody();
        if (Json.object(body) != null) {
            try {
                DeviceAuthorizationSuccessResponse prompt =
                        DeviceAuthorizationSuccessResponse.parse(JSONObjectUtils.parse(body));
                // both are shown on a terminal, which obeys control characters
                boolean printable = prompt.getUserCode().getValue().chars().allMatch(c -> c >= 0x20 && c < 0x7f);
                TokenEndpoint.requireSafe(prompt.getVerificationURI(), false);
                if (prompt.getVerificationURIComplete() != null) {
                    TokenEndpoint.requireSafe(prompt.getVerificationURIComplete(), false);
                }
                if (printable) {
                    return prompt;
                }
            } catch (ParseException | RuntimeException e) {
                // told below, without quoting
            }
        }
        throw new TokenCallException(Kind.BAD_RESPONSE, "the server's answer to the device login breaks RFC 8628 §3.2");
    }

    /** The page to open. */
    public URI verificationUri() {
        return prompt.getVerificationURI();
    }

    /** The page with the code filled in, if the server has one. */
    public Optional<URI> verificationUriComplete() {
        return Optional.ofNullable(prompt.getVerificationURIComplete());
    }

    /** The code to type there. */
    public String userCode() {
        return prompt.getUserCode().getValue();
    }

    /** How long the code is good. */
    public Duration lifetime() {
        return Duration.ofSeconds(Math.max(1, Math.min(prompt.getLifetime(), LONGEST_LIFE.toSeconds())));
    }

    /**
     * Asks, as often as the server allows, until the login is kept in the store.
     *
     * @throws LoginFailedException when it was refused, or the code is no longer good
     */
    public void await() {
        Duration interval = Duration.ofSeconds(Math.max(1, prompt.getInterval()));
        Duration waited = Duration.ZERO;
        try {
            while (waited.compareTo(lifetime()) < 0) {
                interval = interval.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : interval;
                pause.pause(interval);
                waited = waited.plus(interval);
                TokenFailure failure = poll();
                if (failure == null) {
                    return;
                }
                interval = next(failure, interval);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoginFailedException(Kind.LOGIN_REFUSED, "the login was interrupted");
        }
        throw new LoginFailedException(Kind.LOGIN_REFUSED, "nobody logged in in time: start again");
    }

    private @Nullable TokenFailure poll() {
        Redaction redaction = new Redaction();
        redaction.add(prompt.getDeviceCode().getValue());
        Map<String, List<String>> grant =
                new LinkedHashMap<>(new DeviceCodeGrant(prompt.getDeviceCode()).toParameters());
        grant.put("code_verifier", List.of(verifier.getValue()));
        try {
            calls.exchange(grant, redaction);
            return null;
        } catch (TokenCallException e) {
            return e.failure();
        }
    }

    // RFC 8628 §3.5
    private static Duration next(TokenFailure failure, Duration interval) {
        String code = failure.oauthError() == null ? "" : failure.oauthError();
        return switch (code) {
            case "authorization_pending" -> interval;
            case "slow_down" -> interval.plus(SLOWER);
            case "access_denied" ->
                throw new LoginFailedException(Kind.LOGIN_REFUSED, "the login was refused on the other device");
            case "expired_token" ->
                throw new LoginFailedException(Kind.LOGIN_REFUSED, "the code was not typed in time: start again");
            default -> {
                if (!TRANSIENT.contains(failure.kind())) {
                    throw new LoginFailedException(failure);
                }
                yield interval.multipliedBy(2);
            }
        };
    }

    /** Ends the calls. */
    @Override
    public void close() {
        calls.close();
    }
}
