package io.tandem.config;

import io.tandem.config.Settings.Connection;
import io.tandem.config.Settings.Exchange;
import io.tandem.config.Settings.Login;
import io.tandem.config.Settings.OAuth2Settings;
import io.tandem.config.Settings.PrivateKey;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code oauth} keys of one target. */
final class OAuth2Reader {
    /** What a token request has anyway, from keys of its own or from the grant. */
    private static final Set<String> OWN_PARAMETERS = Set.of(
            "grant_type",
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "scope",
            "audience",
            "resource",
            "code",
            "code_verifier",
            "redirect_uri",
            "refresh_token",
            "device_code",
            "subject_token",
            "subject_token_type",
            "requested_token_type");

    /** What an authorization request has anyway. */
    private static final Set<String> OWN_AUTHORIZATION_PARAMETERS = Set.of(
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "resource",
            "code_challenge",
            "code_challenge_method");

    private final TargetValues values;
    private final Authentication grant;
    private final Faults faults;

    OAuth2Reader(TargetValues values, Authentication grant, Faults faults) {
        this.values = values;
        this.grant = grant;
        this.faults = faults;
    }

    OAuth2Settings read() {
        boolean allowHttp = values.get(Catalogue.OAUTH_ALLOW_HTTP);
        String issuer = url(Catalogue.OAUTH_ISSUER, allowHttp);
        String tokenUrl = url(Catalogue.OAUTH_TOKEN_URL, allowHttp);
        checkServer(issuer, tokenUrl);
        ClientAuthentication usable = values.usable(Catalogue.OAUTH_CLIENT_AUTH);
        if (usable != null) {
            values.reportKeysWithoutEffect(Catalogue.OAUTH_CLIENT_AUTH, usable.word(), ClientAuthentication::using);
        }
        ClientAuthentication clientAuth = usable == null ? ClientAuthentication.NONE : usable;
        return new OAuth2Settings(
                grant.word(),
                tokenUrl,
                issuer,
                values.needed(grant.word(), Catalogue.OAUTH_CLIENT_ID),
                clientSecret(clientAuth),
                clientAuth.word(),
                privateKey(clientAuth, issuer),
                values.get(Catalogue.OAUTH_SCOPE),
                values.find(Catalogue.OAUTH_AUDIENCE),
                values.get(Catalogue.OAUTH_RESOURCE),
                parameters(Catalogue.OAUTH_PARAMETER, OWN_PARAMETERS),
                values.get(Catalogue.OAUTH_CONNECT_TIMEOUT),
                values.get(Catalogue.OAUTH_TIMEOUT),
                connection(clientAuth),
                grant == Authentication.AUTHORIZATION_CODE ? login(issuer, allowHttp) : null,
                grant == Authentication.TOKEN_EXCHANGE
                        ? new Exchange(
                                values.get(Catalogue.OAUTH_SUBJECT_TOKEN_TYPE),
                                values.find(Catalogue.OAUTH_REQUESTED_TOKEN_TYPE))
                        : null,
                values.get(Catalogue.OAUTH_REJECTED_STATUSES));
    }

    private void checkServer(@Nullable String issuer, @Nullable String tokenUrl) {
        if (issuer == null && tokenUrl == null) {
            lacks(Catalogue.OAUTH_ISSUER, Catalogue.OAUTH_TOKEN_URL);
        }
        if (issuer != null && issuer.contains("?")) {
            values.fault(Catalogue.OAUTH_ISSUER, "'%s' must have no query (?…)");
        }
    }

    private @Nullable String url(Key<String> key, boolean allowHttp) {
        String url = values.find(key);
        if (url != null && !allowHttp && ConnectionReader.isPlainHttpElsewhere(url)) {
            values.fault(
                    key,
                    "'%s' is plain http, which shows the client secret to the network; use https, or set "
                            + values.at(Catalogue.OAUTH_ALLOW_HTTP) + "=true");
        }
        return url;
    }

    private @Nullable Secret clientSecret(ClientAuthentication clientAuth) {
        return clientAuth == ClientAuthentication.BASIC || clientAuth == ClientAuthentication.POST
                ? values.neededSecret(grant.word(), Catalogue.OAUTH_CLIENT_SECRET)
                : null;
    }

    private @Nullable PrivateKey privateKey(ClientAuthentication clientAuth, @Nullable String issuer) {
        if (clientAuth != ClientAuthentication.PRIVATE_KEY_JWT) {
            return null;
        }
        Path file = neededFile(Catalogue.OAUTH_PRIVATE_KEY, "client-auth=private_key_jwt");
        String audience = values.get(Catalogue.OAUTH_ASSERTION_AUDIENCE);
        boolean noIssuer = issuer == null && values.find(Catalogue.OAUTH_TOKEN_URL) != null;
        if (audience.equals("issuer") && noIssuer) {
            String key = values.at(Catalogue.OAUTH_ISSUER);
            faults.add(
                    values.origin(Catalogue.OAUTH_CLIENT_AUTH),
                    key,
                    "%s signs assertions for the issuer and lacks oauth.issuer; add %s=%s, or set %s=token-url"
                            .formatted(
                                    values.subject,
                                    key,
                                    Catalogue.OAUTH_ISSUER.example(),
                                    values.at(Catalogue.OAUTH_ASSERTION_AUDIENCE)));
        }
        return new PrivateKey(
                file,
                values.get(Catalogue.OAUTH_PRIVATE_KEY_ALGORITHM),
                values.find(Catalogue.OAUTH_PRIVATE_KEY_ID),
                audience);
    }

    private Connection connection(ClientAuthentication clientAuth) {
        Connection connection = new ConnectionReader(values, Catalogue.OAUTH_CONNECTION).read();
        if (clientAuth == ClientAuthentication.TLS && connection.certificate() == null) {
            String name = values.at(Catalogue.OAUTH_TLS_CERTIFICATE);
            faults.add(
                    values.origin(Catalogue.OAUTH_CLIENT_AUTH),
                    name,
                    "%s has client-auth=tls and lacks oauth.tls.certificate; add %s=%s and %s=%s, or %s=%s"
                            .formatted(
                                    values.subject,
                                    name,
                                    Catalogue.OAUTH_TLS_CERTIFICATE.example(),
                                    values.at(Catalogue.OAUTH_TLS_KEY),
                                    Catalogue.OAUTH_TLS_KEY.example(),
                                    values.at(Catalogue.OAUTH_TLS_KEYSTORE),
                                    Catalogue.OAUTH_TLS_KEYSTORE.example()));
        }
        return connection;
    }

    private Login login(@Nullable String issuer, boolean allowHttp) {
        String authorizationUrl = url(Catalogue.OAUTH_AUTHORIZATION_URL, allowHttp);
        String deviceUrl = url(Catalogue.OAUTH_DEVICE_URL, allowHttp);
        boolean serverKnown = values.find(Catalogue.OAUTH_TOKEN_URL) != null;
        if (issuer == null && authorizationUrl == null && deviceUrl == null && serverKnown) {
            lacks(Catalogue.OAUTH_ISSUER, Catalogue.OAUTH_AUTHORIZATION_URL);
        }
        return new Login(
                authorizationUrl,
                deviceUrl,
                values.get(Catalogue.OAUTH_REDIRECT),
                parameters(Catalogue.OAUTH_AUTHORIZATION_PARAMETER, OWN_AUTHORIZATION_PARAMETERS));
    }

    private Map<String, String> parameters(Key<String> openEnded, Set<String> own) {
        Map<String, String> parameters = new LinkedHashMap<>();
        values.chosen(openEnded).forEach((raw, name) -> {
            if (own.contains(name)) {
                faults.add(
                        raw.origin(),
                        raw.key(),
                        "'%s' is a parameter that Tandem sets from other keys".formatted(raw.key()));
                return;
            }
            parameters.put(name, values.text(openEnded, raw));
        });
        return Collections.unmodifiableMap(parameters);
    }

    private Path neededFile(Key<Path> key, String because) {
        return values.orExample(
                key,
                values.findFile(key),
                values.origin(Catalogue.OAUTH_CLIENT_AUTH),
                "%s has %s and lacks %s".formatted(values.subject, because, key.rest()));
    }

    /** One of two is needed. */
    private void lacks(Key<?> one, Key<?> other) {
        faults.add(
                values.origin(Catalogue.AUTH),
                values.at(one),
                "%s has auth=%s and lacks %s or %s; add %s=%s or %s=%s"
                        .formatted(
                                values.subject,
                                grant.word(),
                                one.rest(),
                                other.rest(),
                                values.at(one),
                                one.example(),
                                values.at(other),
                                other.example()));
    }
}
