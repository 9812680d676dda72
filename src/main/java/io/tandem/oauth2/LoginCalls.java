package io.tandem.oauth2;

import io.tandem.oauth2.TokenFailure.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of a login to the authorization server, and the keeping of what it brings. For one login. */
final class LoginCalls implements AutoCloseable {
    private final LoginSettings settings;
    private final SystemTime time = new SystemTime();
    private final HttpSender sender;
    private final HttpCalls calls;
    private final TokenEndpointClient client;
    private final ServerLocator locator;

    LoginCalls(LoginSettings settings) {
        this.settings = settings;
        Transport transport = settings.endpoint().transport();
        this.sender = new HttpSender(transport, time);
        this.calls = new HttpCalls(sender, transport);
        this.locator = new ServerLocator(settings.endpoint(), calls, time);
        this.client = new TokenEndpointClient(locator, settings.client(), calls, time);
    }

    TokenEndpointClient client() {
        return client;
    }

    /** The server as set, completed by its metadata if anything is missing. */
    ServerMetadata server(@Nullable URI needed) throws TokenCallException {
        if (needed != null && settings.endpoint().url() != null) {
            return locator.metadata();
        }
        ServerMetadata found = locator.discovered();
        return found == null ? locator.metadata() : found;
    }

    /** Trades the grant for tokens, and saves the login before anything else. */
    void exchange(Map<String, List<String>> grant, Redaction redaction) throws TokenCallException {
        save(client.call(grant, settings.parameters().withoutScope(), redaction));
    }

    private void save(TokenReply reply) throws TokenCallException {
        if (reply.refreshToken() == null) {
            throw new TokenCallException(
                    Kind.LOGIN_REFUSED,
                    "the server gave no refresh token, so the login would end with its first token: ask for the scope"
                            + " offline_access, or enable refresh tokens for the client");
        }
        SavedLogin login = new SavedLogin(
                reply.refreshToken(),
                settings.client().clientId(),
                RefreshTokenFetcher.server(settings.endpoint()),
                time.now());
        try (RefreshTokenStore.Session session =
                settings.login().store().open(settings.login().name(), Duration.ofSeconds(30))) {
            session.save(login);
        } catch (RefreshTokenStoreException e) {
            throw new TokenCallException(Kind.SETTINGS, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        sender.close();
        time.close();
    }
}
