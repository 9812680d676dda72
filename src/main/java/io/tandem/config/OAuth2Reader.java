package io.tandem.config;

import io.tandem.config.Settings.Certificate;
import io.tandem.config.Settings.Exchange;
import io.tandem.config.Settings.HostAndPort;
import io.tandem.config.Settings.Login;
import io.tandem.config.Settings.OAuth2Settings;
import io.tandem.config.Settings.PrivateKey;
import io.tandem.config.Settings.Proxy;
import io.tandem.config.Settings.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code oauth} keys of one target. */
final class OAuth2Reader {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

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
            reportKeysWithoutEffect(usable);
        }
        ClientAuthentication clientAuth = usable == null ? ClientAuthentication.NONE : usable;
        return new OAuth2Settings(
                grant.word(),
                tokenUrl,
                issuer,
                values.needed(grant, Catalogue.OAUTH_CLIENT_ID),
                clientSecret(clientAuth),
                clientAuth.word(),
                privateKey(clientAuth, issuer),
                values.get(Catalogue.OAUTH_SCOPE),
                values.find(Catalogue.OAUTH_AUDIENCE),
                values.get(Catalogue.OAUTH_RESOURCE),
                parameters(Catalogue.OAUTH_PARAMETER, OWN_PARAMETERS),
                values.get(Catalogue.OAUTH_CONNECT_TIMEOUT),
                values.get(Catalogue.OAUTH_TIMEOUT),
                allowHttp,
                certificate(clientAuth),
                trust(),
                proxy(),
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
            fault(Catalogue.OAUTH_ISSUER, "'%s' must have no query (?…)");
        }
    }

    private @Nullable String url(Key<String> key, boolean allowHttp) {
        String url = values.find(key);
        if (url != null && !allowHttp && isPlainHttpElsewhere(url)) {
            fault(
                    key,
                    "'%s' is plain http, which shows the client secret to the network; use https, or set "
                            + Catalogue.OAUTH_ALLOW_HTTP.at(values.target) + "=true");
        }
        return url;
    }

    private void reportKeysWithoutEffect(ClientAuthentication chosen) {
        Origin choice = values.origin(Catalogue.OAUTH_CLIENT_AUTH);
        for (RawValue value : values.given) {
            Catalogue.Match match = Catalogue.match(value.key());
            // A later layer may choose another client-auth than the file prepared; the file isn't wrong for that
            boolean madeUseless = value.origin().layer().compareTo(choice.layer()) < 0;
            if (match == null || madeUseless || chosen.uses(match.key().rest())) {
                continue;
            }
            faults.add(
                    value.origin(),
                    value.key(),
                    "'%s' has no effect with client-auth=%s; set %s=%s, or remove it"
                            .formatted(
                                    value.key(),
                                    chosen.word(),
                                    Catalogue.OAUTH_CLIENT_AUTH.at(values.target),
                                    ClientAuthentication.using(match.key().rest())));
        }
    }

    private @Nullable Secret clientSecret(ClientAuthentication clientAuth) {
        return clientAuth == ClientAuthentication.BASIC || clientAuth == ClientAuthentication.POST
                ? values.neededSecret(grant, Catalogue.OAUTH_CLIENT_SECRET)
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
            String key = Catalogue.OAUTH_ISSUER.at(values.target);
            faults.add(
                    values.origin(Catalogue.OAUTH_CLIENT_AUTH),
                    key,
                    "target '%s' signs assertions for the issuer and lacks oauth.issuer; add %s=%s, or set %s=token-url"
                            .formatted(
                                    values.target,
                                    key,
                                    Catalogue.OAUTH_ISSUER.example(),
                                    Catalogue.OAUTH_ASSERTION_AUDIENCE.at(values.target)));
        }
        return new PrivateKey(
                file,
                values.get(Catalogue.OAUTH_PRIVATE_KEY_ALGORITHM),
                values.find(Catalogue.OAUTH_PRIVATE_KEY_ID),
                audience);
    }

    private @Nullable Certificate certificate(ClientAuthentication clientAuth) {
        boolean pem = isGiven(Catalogue.OAUTH_TLS_CERTIFICATE) || isGiven(Catalogue.OAUTH_TLS_KEY);
        boolean keystore = isGiven(Catalogue.OAUTH_TLS_KEYSTORE);
        if (pem && keystore) {
            fault(
                    Catalogue.OAUTH_TLS_KEYSTORE,
                    "'%s' is given beside " + Catalogue.OAUTH_TLS_CERTIFICATE.at(values.target) + " or "
                            + Catalogue.OAUTH_TLS_KEY.at(values.target) + "; remove the one or the other");
        }
        if (keystore) {
            String has = "oauth.tls.keystore";
            Path file = neededFile(Catalogue.OAUTH_TLS_KEYSTORE, has);
            return new Certificate.Keystore(
                    file,
                    values.orExample(
                            Catalogue.OAUTH_TLS_KEYSTORE_PASSWORD,
                            values.findSecret(Catalogue.OAUTH_TLS_KEYSTORE_PASSWORD),
                            values.origin(Catalogue.OAUTH_TLS_KEYSTORE),
                            lacking(has, Catalogue.OAUTH_TLS_KEYSTORE_PASSWORD)));
        }
        needs(Catalogue.OAUTH_TLS_KEYSTORE_PASSWORD, Catalogue.OAUTH_TLS_KEYSTORE);
        if (pem) {
            return new Certificate.Pem(
                    neededFile(Catalogue.OAUTH_TLS_CERTIFICATE, "oauth.tls.key"),
                    neededFile(Catalogue.OAUTH_TLS_KEY, "oauth.tls.certificate"));
        }
        if (clientAuth == ClientAuthentication.TLS) {
            String name = Catalogue.OAUTH_TLS_CERTIFICATE.at(values.target);
            faults.add(
                    values.origin(Catalogue.OAUTH_CLIENT_AUTH),
                    name,
                    "target '%s' has client-auth=tls and lacks oauth.tls.certificate; add %s=%s and %s=%s, or %s=%s"
                            .formatted(
                                    values.target,
                                    name,
                                    Catalogue.OAUTH_TLS_CERTIFICATE.example(),
                                    Catalogue.OAUTH_TLS_KEY.at(values.target),
                                    Catalogue.OAUTH_TLS_KEY.example(),
                                    Catalogue.OAUTH_TLS_KEYSTORE.at(values.target),
                                    Catalogue.OAUTH_TLS_KEYSTORE.example()));
        }
        return null;
    }

    private @Nullable Trust trust() {
        needs(Catalogue.OAUTH_TRUST_PASSWORD, Catalogue.OAUTH_TRUST);
        Path file = values.findFile(Catalogue.OAUTH_TRUST);
        return file == null ? null : new Trust(file, values.findSecret(Catalogue.OAUTH_TRUST_PASSWORD));
    }

    private @Nullable Proxy proxy() {
        needs(Catalogue.OAUTH_PROXY_USERNAME, Catalogue.OAUTH_PROXY);
        needs(Catalogue.OAUTH_PROXY_PASSWORD, Catalogue.OAUTH_PROXY);
        HostAndPort address = values.find(Catalogue.OAUTH_PROXY);
        if (address == null) {
            return null;
        }
        String username = values.find(Catalogue.OAUTH_PROXY_USERNAME);
        Secret password = values.findSecret(Catalogue.OAUTH_PROXY_PASSWORD);
        if (password == null && username != null) {
            password = values.orExample(
                    Catalogue.OAUTH_PROXY_PASSWORD,
                    password,
                    values.origin(Catalogue.OAUTH_PROXY_USERNAME),
                    lacking("oauth.proxy-username", Catalogue.OAUTH_PROXY_PASSWORD));
        } else if (username == null && password != null) {
            needs(Catalogue.OAUTH_PROXY_PASSWORD, Catalogue.OAUTH_PROXY_USERNAME);
        }
        return new Proxy(address, username, password);
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

    private boolean isGiven(Key<?> key) {
        return values.given.stream().anyMatch(raw -> raw.key().equals(key.at(values.target)));
    }

    /** A key that has an effect only together with another. */
    private void needs(Key<?> key, Key<?> other) {
        if (isGiven(key) && !isGiven(other)) {
            fault(key, "'%s' has no effect without " + other.at(values.target) + "; add that, or remove it");
        }
    }

    private Path neededFile(Key<Path> key, String because) {
        return values.orExample(key, values.findFile(key), originOf(because), lacking(because, key));
    }

    /** Where the choice was made that makes another key needed. */
    private Origin originOf(String because) {
        for (Key<?> key :
                List.of(Catalogue.OAUTH_TLS_KEY, Catalogue.OAUTH_TLS_CERTIFICATE, Catalogue.OAUTH_TLS_KEYSTORE)) {
            if (key.rest().equals(because)) {
                return values.origin(key);
            }
        }
        return values.origin(Catalogue.OAUTH_CLIENT_AUTH);
    }

    private String lacking(String because, Key<?> key) {
        return "target '%s' has %s and lacks %s".formatted(values.target, because, key.rest());
    }

    /** One of two is needed. */
    private void lacks(Key<?> one, Key<?> other) {
        faults.add(
                values.origin(Catalogue.AUTH),
                one.at(values.target),
                "target '%s' has auth=%s and lacks %s or %s; add %s=%s or %s=%s"
                        .formatted(
                                values.target,
                                grant.word(),
                                one.rest(),
                                other.rest(),
                                one.at(values.target),
                                one.example(),
                                other.at(values.target),
                                other.example()));
    }

    private void fault(Key<?> key, String message) {
        faults.add(values.origin(key), key.at(values.target), message.formatted(key.at(values.target)));
    }

    static boolean isPlainHttpElsewhere(String url) {
        URI uri = URI.create(url);
        return "http".equalsIgnoreCase(uri.getScheme())
                && !LOOPBACK.matcher(String.valueOf(uri.getHost())).matches();
    }
}
