package io.tandem.config;

import io.tandem.config.Settings.CallerAuth;
import io.tandem.config.Settings.Callers;
import io.tandem.config.Settings.Http;
import io.tandem.config.Settings.Jwt;
import io.tandem.config.Settings.Mtls;
import io.tandem.config.Settings.Scopes;
import io.tandem.config.Settings.Tls;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads who may call the HTTP entry. */
final class CallersReader {
    private static final List<Key<?>> OF_JWT = List.of(
            Catalogue.JWT_ISSUER,
            Catalogue.JWT_JWKS_URL,
            Catalogue.JWT_AUDIENCE,
            Catalogue.JWT_ALGORITHMS,
            Catalogue.JWT_SCOPE_CLAIMS,
            Catalogue.JWT_NAME_CLAIM,
            Catalogue.JWT_CLOCK_SKEW);

    private static final List<Key<?>> OF_MTLS =
            List.of(Catalogue.MTLS_NAME, Catalogue.MTLS_ALLOW, Catalogue.MTLS_SCOPES, Catalogue.HTTP_TLS_CLIENT_TRUST);

    private final Values values;
    private final Faults faults;

    CallersReader(Values values, Faults faults) {
        this.values = values;
        this.faults = faults;
    }

    Callers read(Http http) {
        Set<CallerAuth> auth = values.usable(Catalogue.CALLER_AUTH, Catalogue.CALLER_AUTH.name());
        Set<CallerAuth> chosen = auth == null ? Set.of(CallerAuth.NONE) : auth;
        boolean allowAnonymous = values.get(Catalogue.ALLOW_ANONYMOUS);
        Callers callers = new Callers(
                chosen,
                entries(chosen),
                values.get(Catalogue.CALLER_KEY_HEADER),
                chosen.contains(CallerAuth.JWT) ? jwt() : null,
                chosen.contains(CallerAuth.MTLS) ? mtls(http) : null,
                new Scopes(
                        values.get(Catalogue.SCOPE_SEND),
                        values.get(Catalogue.SCOPE_READ),
                        values.get(Catalogue.SCOPE_REPLAY)),
                values.get(Catalogue.PUBLIC_DOCS),
                values.find(Catalogue.CALLER_RATE, Catalogue.CALLER_RATE.name()));
        // without knowing what was meant, any word on what follows from it would be a guess
        if (auth != null) {
            if (callers.anonymous() && !allowAnonymous) {
                checkLoopback(http.host());
            }
            checkForwarded(callers, http);
            reportWithoutEffect(CallerAuth.API_KEY, auth, List.of(Catalogue.CALLER_KEY_HEADER));
            reportWithoutEffect(CallerAuth.JWT, auth, OF_JWT);
            reportWithoutEffect(CallerAuth.MTLS, auth, OF_MTLS);
            if (!auth.contains(CallerAuth.BASIC)) {
                reportWithoutEffect(CallerAuth.API_KEY, auth, List.of(Catalogue.CALLERS));
            }
        }
        return callers;
    }

    /** Who writes down callers, and forgets to have them asked, must not find the door open. */
    private void reportWithoutEffect(CallerAuth way, Set<CallerAuth> auth, List<Key<?>> keys) {
        Origin choice = values.origin(Catalogue.CALLER_AUTH.name());
        for (Key<?> key : keys) {
            Origin given = values.origin(key.name());
            // a later layer may choose another way than the file prepared; the file isn't wrong for that
            boolean madeUseless = given.layer().compareTo(choice.layer()) < 0;
            if (!auth.contains(way) && !given.equals(Origin.DEFAULTS) && !madeUseless) {
                faults.add(
                        given,
                        key.name(),
                        "'%s' has no effect with %s=%s; set %s=%s, or remove it"
                                .formatted(
                                        key.name(),
                                        Catalogue.CALLER_AUTH.name(),
                                        words(auth),
                                        Catalogue.CALLER_AUTH.name(),
                                        way.word()));
            }
        }
    }

    private Jwt jwt() {
        String issuer = needed(Catalogue.JWT_ISSUER);
        String jwksUrl = values.find(Catalogue.JWT_JWKS_URL, Catalogue.JWT_JWKS_URL.name());
        checkSafe(Catalogue.JWT_ISSUER, issuer);
        if (jwksUrl != null) {
            checkSafe(Catalogue.JWT_JWKS_URL, jwksUrl);
        }
        return new Jwt(
                issuer,
                jwksUrl,
                needed(Catalogue.JWT_AUDIENCE),
                values.get(Catalogue.JWT_ALGORITHMS),
                values.get(Catalogue.JWT_SCOPE_CLAIMS),
                values.get(Catalogue.JWT_NAME_CLAIM),
                values.get(Catalogue.JWT_CLOCK_SKEW));
    }

    private Mtls mtls(Http http) {
        Tls tls = http.tls();
        for (Key<Path> key : List.of(Catalogue.HTTP_TLS_CERTIFICATE, Catalogue.HTTP_TLS_CLIENT_TRUST)) {
            boolean there = tls != null && (key.equals(Catalogue.HTTP_TLS_CERTIFICATE) || tls.clientTrust() != null);
            if (!there) {
                faults.add(
                        values.origin(Catalogue.CALLER_AUTH.name()),
                        key.name(),
                        "'%s=mtls' needs '%s'; add %s=%s"
                                .formatted(Catalogue.CALLER_AUTH.name(), key.name(), key.name(), key.example()));
            }
        }
        return new Mtls(
                values.get(Catalogue.MTLS_NAME),
                values.find(Catalogue.MTLS_ALLOW, Catalogue.MTLS_ALLOW.name()),
                Set.copyOf(values.get(Catalogue.MTLS_SCOPES)));
    }

    private <T> T needed(Key<T> key) {
        T value = values.find(key, key.name());
        if (value == null) {
            faults.add(
                    values.origin(Catalogue.CALLER_AUTH.name()),
                    key.name(),
                    "'%s=jwt' needs '%s'; add %s=%s"
                            .formatted(Catalogue.CALLER_AUTH.name(), key.name(), key.name(), key.example()));
        }
        return value == null ? key.type().parse(key.example()) : value;
    }

    /** Who can change the keys on their way can sign whatever they like. */
    private void checkSafe(Key<String> key, String url) {
        URI uri = URI.create(url);
        if (!"https".equalsIgnoreCase(uri.getScheme())
                && !Loopback.includes(String.valueOf(uri.getHost()).replaceAll("[\\[\\]]", ""))) {
            faults.add(values.origin(key.name()), key.name(), "'%s' is plain http; use https".formatted(key.name()));
        }
    }

    private @Nullable Secret entries(Set<CallerAuth> auth) {
        String name = Catalogue.CALLERS.name();
        Secret secret = values.findSecret(Catalogue.CALLERS, name);
        boolean keys = auth.contains(CallerAuth.API_KEY);
        boolean passwords = auth.contains(CallerAuth.BASIC);
        if (!keys && !passwords) {
            return null;
        }
        if (secret == null) {
            faults.add(
                    values.origin(Catalogue.CALLER_AUTH.name()),
                    name,
                    "'%s=%s' and nobody may call; add %s=%s with a line that 'bin/tandem hash-key NAME' writes"
                            .formatted(Catalogue.CALLER_AUTH.name(), words(auth), name, Catalogue.CALLERS.example()));
            return null;
        }
        // an empty one was told already, where its file could not be read
        if (!secret.value().isEmpty()) {
            check(name, secret.value(), keys, passwords);
        }
        return secret;
    }

    private void check(String name, String text, boolean keys, boolean passwords) {
        List<CallerList.Entry> entries;
        try {
            entries = CallerList.parse(text);
        } catch (CallerList.MalformedException e) {
            faults.add(values.origin(name), name, "bad value for '%s': %s".formatted(name, e.getMessage()));
            return;
        }
        if (keys && entries.stream().noneMatch(entry -> entry.kind() == CallerList.Kind.KEY)) {
            lacks(name, "api-key", "key; make one with 'bin/tandem hash-key NAME'");
        }
        if (passwords && entries.stream().noneMatch(entry -> entry.kind() == CallerList.Kind.PASSWORD)) {
            lacks(name, "basic", "password; make one with 'bin/tandem hash-key --password NAME'");
        }
    }

    private void lacks(String name, String auth, String what) {
        faults.add(
                values.origin(name),
                name,
                "'%s=%s' needs a caller in '%s' with a %s".formatted(Catalogue.CALLER_AUTH.name(), auth, name, what));
    }

    private void checkLoopback(String host) {
        if (!Loopback.includes(host)) {
            String key = Catalogue.HTTP_HOST.name();
            faults.add(
                    values.origin(key),
                    key,
                    ("'%s=%s' is open to other machines and nobody is asked who they are; set %s=api-key (docs/security.md"
                                    + " says how), or %s=true")
                            .formatted(key, host, Catalogue.CALLER_AUTH.name(), Catalogue.ALLOW_ANONYMOUS.name()));
        }
    }

    /** Targets are not to learn the keys of callers. */
    private void checkForwarded(Callers callers, Http http) {
        if (callers.auth().contains(CallerAuth.API_KEY) && http.forwardHeaders().contains(callers.keyHeader())) {
            String key = Catalogue.HTTP_FORWARD_HEADERS.name();
            faults.add(
                    values.origin(key),
                    key,
                    "'%s' names %s, in which callers send their keys (%s); remove it"
                            .formatted(key, callers.keyHeader(), Catalogue.CALLER_KEY_HEADER.name()));
        }
    }

    private static String words(Set<CallerAuth> auth) {
        return auth.stream().map(CallerAuth::word).collect(Collectors.joining(","));
    }
}
