package io.tandem.oauth2;

import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import io.tandem.oauth2.TokenFailure.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens on the ground of a saved login (RFC 6749 §6). The login's lock is held from reading the refresh token until
 * its successor is on the disk, so that no other process uses the one that the server is just replacing.
 */
final class RefreshTokenFetcher implements TokenFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshTokenFetcher.class);
    /** A refused login is not tried again before; a server could take that for an attack. */
    private static final Duration REFUSED = Duration.ofMinutes(10);

    private final TokenSettings settings;
    private final Grant.AuthorizationCode grant;
    private final TokenEndpointClient client;
    private final TimeSource time;

    // all guarded by the login's lock
    private @Nullable SavedLogin unsaved;
    private String refused = "";
    private long refusedAt;

    RefreshTokenFetcher(
            TokenSettings settings, Grant.AuthorizationCode grant, TokenEndpointClient client, TimeSource time) {
        this.settings = settings;
        this.grant = grant;
        this.client = client;
        this.time = time;
    }

    @Override
    public TokenReply fetch() throws TokenCallException {
        try (RefreshTokenStore.Session session =
                grant.store().open(grant.name(), settings.endpoint().limit())) {
            SavedLogin login = login(session);
            String digest = Fingerprint.of(login.refreshToken());
            if (digest.equals(refused) && time.nanos() - refusedAt < REFUSED.toNanos()) {
                throw loginNeeded("the login '" + grant.name() + "' was refused: log in again");
            }
            TokenReply reply = refresh(login, digest);
            String rotated = reply.refreshToken();
            if (rotated != null && !rotated.equals(login.refreshToken())) {
                keep(session, new SavedLogin(rotated, login.clientId(), login.server(), time.now()));
            }
            return reply;
        } catch (RefreshTokenStoreException e) {
            throw new TokenCallException(Kind.SETTINGS, String.valueOf(e.getMessage()));
        }
    }

    private SavedLogin login(RefreshTokenStore.Session session) throws TokenCallException {
        if (unsaved != null) {
            // used only once it is on the disk
            session.save(unsaved);
            unsaved = null;
        }
        SavedLogin login = session.login();
        if (login == null) {
            throw loginNeeded("nobody has logged in for '" + grant.name() + "' yet: log in once");
        }
        if (!login.clientId().equals(settings.client().clientId())
                || !login.server().equals(server(settings.endpoint()))) {
            throw loginNeeded("the login '" + grant.name() + "' is for another client or server: log in again");
        }
        return login;
    }

    private TokenReply refresh(SavedLogin login, String digest) throws TokenCallException {
        Redaction redaction = new Redaction();
        redaction.add(login.refreshToken());
        try {
            // no scope: the login's own goes on (RFC 6749 §6)
            return client.call(
                    new RefreshTokenGrant(new RefreshToken(login.refreshToken())).toParameters(),
                    settings.parameters().withoutScope(),
                    redaction);
        } catch (TokenCallException e) {
            if (e.failure().kind() == Kind.GRANT_REFUSED) {
                refused = digest;
                refusedAt = time.nanos();
            }
            throw e;
        }
    }

    // The server has replaced the refresh token already. If the disk is full, this token still serves, and the next
    // call tries to save again before it uses the new refresh token.
    private void keep(RefreshTokenStore.Session session, SavedLogin rotated) {
        try {
            session.save(rotated);
        } catch (RefreshTokenStoreException e) {
            unsaved = rotated;
            LOG.error(
                    "The new refresh token of the login '{}' can't be saved: {}; a restart before that is mended needs a"
                            + " new login",
                    grant.name(),
                    e.getMessage());
        }
    }

    /** Whom a login is for. */
    static String server(TokenEndpoint endpoint) {
        return String.valueOf(endpoint.issuer() != null ? endpoint.issuer() : endpoint.url());
    }

    private static TokenCallException loginNeeded(String diagnosis) {
        return new TokenCallException(Kind.LOGIN_NEEDED, diagnosis);
    }

    @Override
    public String fingerprint() {
        return client.fingerprint() + grant.store().fingerprint(grant.name());
    }

    @Override
    public Duration limit() {
        // the lock may have to be waited for
        return settings.endpoint().limit().multipliedBy(2);
    }

    @Override
    public boolean keepAlive() {
        return true;
    }
}
