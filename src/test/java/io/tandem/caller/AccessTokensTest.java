package io.tandem.caller;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.tandem.config.Settings;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.message.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessTokensTest {
    private static final Settings.Scopes SCOPES =
            new Settings.Scopes("messages.write", "messages.read", "messages.replay");

    private final Issuer issuer = new Issuer();
    private final CallerCheck check = check(issuer.url(), null);

    @AfterEach
    void close() {
        check.close();
        issuer.close();
    }

    private static CallerCheck check(String issuer, String jwksUrl) {
        Settings.Jwt jwt = new Settings.Jwt(
                issuer,
                jwksUrl,
                List.of("another", Issuer.AUDIENCE),
                List.of("RS256", "PS256"),
                List.of("scope", "scp", "realm_access.roles", "https://example.com/roles"),
                "sub",
                Duration.ofSeconds(30));
        return CallerCheck.of(
                new Settings.Callers(EnumSet.of(CallerAuth.JWT), null, "X-Api-Key", jwt, null, SCOPES, false, null));
    }

    private Verdict verdict(String token) {
        return verdict(check, token);
    }

    private static Verdict verdict(CallerCheck check, String token) {
        return check.check(new Credentials(List.of("Bearer " + token), List.of(), "", null))
                .orTimeout(20, SECONDS)
                .join();
    }

    private static String challenge(Verdict verdict) {
        return ((Verdict.Refused) verdict).challenges().get(0);
    }

    @Test
    void callerIsKnownByItsToken() {
        assertThat(verdict(issuer.token(claims -> claims)))
                .isEqualTo(new Verdict.Admitted(new Caller("jwt:shop", Set.of("messages.write", "other"))));
        assertThat(issuer.askedForKeys()).isEqualTo(1);
    }

    @Test
    void keysAreAskedForWhereTheConfigurationSays() {
        try (CallerCheck explicit = check(issuer.url(), issuer.url() + "/keys")) {
            assertThat(verdict(explicit, issuer.token(claims -> claims))).isInstanceOf(Verdict.Admitted.class);
        }
    }

    @Test
    void scopesAreFoundWhereverTheyAre() {
        assertThat(verdict(issuer.token(claims -> claims.claim("scope", null)
                        .claim("scp", List.of("a", "b"))
                        .claim("realm_access", Map.of("roles", List.of("c", 4)))
                        .claim("https://example.com/roles", "d"))))
                .isEqualTo(new Verdict.Admitted(new Caller("jwt:shop", Set.of("a", "b", "c", "d"))));
    }

    @Test
    void secondLookAtATokenTakesNoTime() {
        String token = issuer.token(claims -> claims);
        verdict(token);

        assertThat(check.check(new Credentials(List.of("bearer  " + token), List.of(), "", null)))
                .isCompletedWithValueMatching(Verdict.Admitted.class::isInstance);
    }

    @Test
    void refusalIsTheSameWhateverIsWrongWithAToken() throws Exception {
        Instant now = Instant.now();
        String good = issuer.token(claims -> claims);
        String other = "-----" + issuer.key().toRSAPublicKey();
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(issuer.key().getKeyID())
                        .build(),
                issuer.claims().build());
        confused.sign(new MACSigner(issuer.key().toRSAPublicKey().getEncoded()));
        Verdict refused = verdict("nonsense");

        assertThat(challenge(refused)).isEqualTo("Bearer realm=\"tandem\", error=\"invalid_token\"");
        for (String token : List.of(
                issuer.token(claims -> claims.issuer("https://elsewhere.example")),
                issuer.token(claims -> claims.issuer(null)),
                issuer.token(claims -> claims.audience("somebody else")),
                issuer.token(claims -> claims.audience((String) null)),
                issuer.token(claims -> claims.subject(null)),
                issuer.token(claims -> claims.subject("")),
                issuer.token(claims -> claims.expirationTime(null)),
                issuer.token(claims -> claims.expirationTime(Date.from(now.minusSeconds(40)))),
                issuer.token(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(40)))),
                issuer.token(new JWSHeader.Builder(JWSAlgorithm.RS512), claims -> claims),
                issuer.token(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType("logout+jwt")),
                        claims -> claims),
                new PlainJWT(issuer.claims().build()).serialize(),
                confused.serialize(),
                good.substring(0, good.length() - 6) + "AAAAAA",
                good + ".",
                other,
                "")) {
            assertThat(verdict(token)).as(token).isEqualTo(refused);
        }
        assertThat(challenge(check.check(new Credentials(List.of(), List.of(), "", null))
                        .join()))
                .isEqualTo("Bearer realm=\"tandem\"");
    }

    @Test
    void clocksMayDifferALittle() {
        Instant now = Instant.now();

        assertThat(verdict(issuer.token(claims -> claims.expirationTime(Date.from(now.minusSeconds(10))))))
                .isInstanceOf(Verdict.Admitted.class);
        assertThat(verdict(issuer.token(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(10))))))
                .isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void newKeyIsAskedForOnceWhenATokenNamesIt() {
        verdict(issuer.token(claims -> claims));
        issuer.rotate("second");
        issuer.publish();

        assertThat(verdict(issuer.token(claims -> claims))).isInstanceOf(Verdict.Admitted.class);
        assertThat(issuer.askedForKeys()).isEqualTo(2);

        issuer.rotate("unknown");
        for (int i = 0; i < 50; i++) {
            int number = i;
            assertThat(verdict(issuer.token(claims -> claims.claim("n", number))))
                    .isInstanceOf(Verdict.Refused.class);
        }
        assertThat(issuer.askedForKeys()).isLessThanOrEqualTo(4);
    }

    @Test
    void lastGoodKeysServeWhileTheIssuerFails() {
        verdict(issuer.token(claims -> claims));
        issuer.failing();

        assertThat(verdict(issuer.token(claims -> claims.claim("n", 1)))).isInstanceOf(Verdict.Admitted.class);
        issuer.rotate("unknown");
        assertThat(challenge(verdict(issuer.token(claims -> claims)))).contains("invalid_token");
    }

    @Test
    void callerIsToldToComeAgainWhileTheIssuerHasNeverAnswered() {
        issuer.failing();
        String token = issuer.token(claims -> claims);

        assertThat(verdict(token)).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.problem().type()).isEqualTo(ProblemType.AUTHENTICATION_UNAVAILABLE);
            assertThat(refused.retryAfter()).isPositive();
        });

        issuer.publish();
        await().atMost(20, SECONDS)
                .untilAsserted(() -> assertThat(verdict(token)).isInstanceOf(Verdict.Admitted.class));
    }

    @Test
    void keysAreNotTakenFromWhereARedirectPoints() {
        try (Issuer other = new Issuer()) {
            issuer.redirecting(other.url() + "/keys");

            assertThat(unavailable(other.token(claims -> claims.issuer(issuer.url()))))
                    .isTrue();
            assertThat(issuer.askedForKeys()).isPositive();
            assertThat(other.askedForKeys()).isZero();
        }
    }

    @Test
    void keysAreNotReadWithoutBound() {
        issuer.bloated(10_000);
        String token = issuer.token(claims -> claims);
        assertThat(verdict(token)).isInstanceOf(Verdict.Admitted.class);

        try (Issuer large = new Issuer();
                CallerCheck check = check(large.url(), null)) {
            large.bloated(5_000_000);

            assertThat(verdict(check, large.token(claims -> claims))).isInstanceOf(Verdict.Refused.class);
        }
    }

    private boolean unavailable(String token) {
        return verdict(token) instanceof Verdict.Refused refused
                && refused.problem().type() == ProblemType.AUTHENTICATION_UNAVAILABLE;
    }

    @Test
    void scopeThatIsMissingIsNamed() {
        Verdict.Refused refused = check.refusal(new Caller("jwt:shop", Set.of()), Permission.READ);

        assertThat(challenge(refused))
                .isEqualTo("Bearer realm=\"tandem\", error=\"insufficient_scope\", scope=\"messages.read\"");
    }
}
