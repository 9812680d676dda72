package io.tandem.caller;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.config.Secret;
import io.tandem.config.Settings;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.message.ProblemType;
import io.tandem.support.Callers;
import io.tandem.support.Logs;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KnownCallersTest {
    private static final Settings.Scopes SCOPES =
            new Settings.Scopes("messages.write", "messages.read", "messages.replay");

    private final NewCredential credentials = new NewCredential();
    private final AtomicReference<String> list = new AtomicReference<>(Callers.list());
    private final CallerCheck check = CallerCheck.of(new Settings.Callers(
            EnumSet.of(CallerAuth.API_KEY, CallerAuth.BASIC),
            Secret.from(list::get),
            "X-Api-Key",
            null,
            null,
            SCOPES,
            false,
            null));

    @AfterEach
    void close() {
        check.close();
    }

    private static Credentials key(String... keys) {
        return new Credentials(List.of(), List.of(keys), "", null);
    }

    private static Credentials authorization(String... headers) {
        return new Credentials(List.of(headers), List.of(), "", null);
    }

    private Verdict verdict(Credentials of) {
        return check.check(of).orTimeout(10, SECONDS).join();
    }

    @Test
    void callerIsKnownByKeyAndByPassword() {
        assertThat(verdict(key(Callers.SHOP_KEY)))
                .isEqualTo(new Verdict.Admitted(new Caller("shop", Set.of("messages.write"))));
        assertThat(verdict(authorization(Callers.basic("ann", Callers.PASSWORD))))
                .isInstanceOfSatisfying(
                        Verdict.Admitted.class,
                        admitted -> assertThat(admitted.caller().name()).isEqualTo("ann"));
        assertThat(verdict(new Credentials(
                        List.of(Callers.basic("ann", Callers.PASSWORD)), List.of("no such key"), "", null)))
                .as("one that is good is enough")
                .isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void refusalIsTheSameWhateverWasWrong() {
        Verdict nothing = verdict(key());

        assertThat(nothing).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.problem().type()).isEqualTo(ProblemType.UNAUTHORIZED);
            assertThat(refused.challenges())
                    .containsExactly(
                            "ApiKey realm=\"tandem\", header=\"X-Api-Key\"",
                            "Basic realm=\"tandem\", charset=\"UTF-8\"");
        });
        for (Credentials wrong : List.of(
                key(""),
                key(Callers.SHOP_KEY + "x"),
                key(Callers.SHOP_KEY, Callers.SHOP_KEY),
                authorization(Callers.basic("ann", "wrong")),
                authorization(Callers.basic("bob", Callers.PASSWORD)),
                authorization(Callers.basic("shop", Callers.SHOP_KEY)),
                authorization("Basic"),
                authorization("Basic ="),
                authorization("Basic /w=="),
                authorization("Basic YQ=="),
                authorization("Bearer " + Callers.SHOP_KEY),
                authorization(Callers.basic("ann", Callers.PASSWORD), Callers.basic("ann", Callers.PASSWORD)))) {
            assertThat(verdict(wrong)).isEqualTo(nothing);
        }
    }

    @Test
    void changeOfTheListHoldsAtOnce() {
        String key = credentials.key();
        assertThat(verdict(authorization(Callers.basic("ann", Callers.PASSWORD))))
                .isInstanceOf(Verdict.Admitted.class);

        list.set(credentials.ofKey("new", key, List.of("a", "b")).line());

        assertThat(verdict(key(key))).isEqualTo(new Verdict.Admitted(new Caller("new", Set.of("a", "b"))));
        assertThat(verdict(key(Callers.SHOP_KEY))).isInstanceOf(Verdict.Refused.class);
        assertThat(verdict(authorization(Callers.basic("ann", Callers.PASSWORD))))
                .isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void lastGoodListHoldsWhenTheNewOneIsNone() {
        try (Logs logs = new Logs(Map.of())) {
            list.set("shop s3cr3t");

            assertThat(verdict(key(Callers.SHOP_KEY))).isInstanceOf(Verdict.Admitted.class);
            assertThat(verdict(key(Callers.SHOP_KEY))).isInstanceOf(Verdict.Admitted.class);

            assertThat(logs.of(KnownCallers.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("going on with the last good list")
                    .doesNotContain("s3cr3t");
        }
    }

    @Test
    void passwordIsTriedOnceWhenManyShowIt() {
        String right = Callers.basic("ann", Callers.PASSWORD);
        List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            verdicts.add(check.check(authorization(right)));
        }

        assertThat(verdicts)
                .allSatisfy(verdict ->
                        assertThat(verdict.orTimeout(10, SECONDS).join()).isInstanceOf(Verdict.Admitted.class));
        assertThat(check.check(authorization(right))).isDone();
    }

    @Test
    void guessingIsToldToWaitAndHoldsUpNobodyWhoIsKnown() {
        Credentials right = authorization(Callers.basic("ann", Callers.PASSWORD));
        verdict(right);
        List<CompletableFuture<Verdict>> guesses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            guesses.add(check.check(authorization(Callers.basic("ann", "guess " + i))));
        }

        assertThat(check.check(right)).isCompletedWithValueMatching(Verdict.Admitted.class::isInstance);
        assertThat(check.check(key(Callers.SHOP_KEY))).isCompletedWithValueMatching(Verdict.Admitted.class::isInstance);
        assertThat(guesses)
                .filteredOn(CompletableFuture::isDone)
                .hasSizeGreaterThan(70)
                .allSatisfy(guess -> {
                    assertThat(guess.join()).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
                        assertThat(refused.problem().type()).isEqualTo(ProblemType.AUTHENTICATION_UNAVAILABLE);
                        assertThat(refused.retryAfter()).isPositive();
                    });
                });
    }

    @Test
    void callerMayDoWhatItsScopesSay() {
        Caller shop = new Caller("shop", Set.of("messages.write"));

        assertThat(check.refusal(shop, Permission.SEND)).isNull();
        assertThat(check.refusal(shop, Permission.READ).problem().type()).isEqualTo(ProblemType.FORBIDDEN);
        assertThat(check.refusal(shop, Permission.REPLAY).problem().detail()).contains("messages.replay");
    }

    @Test
    void permissionFollowsFromMethodAndPath() {
        assertThat(Permission.of("POST", "/messages")).isEqualTo(Permission.SEND);
        assertThat(Permission.of("DELETE", "/own")).isEqualTo(Permission.SEND);
        assertThat(Permission.of("GET", "/messages/{id}")).isEqualTo(Permission.READ);
        assertThat(Permission.of("HEAD", "/own")).isEqualTo(Permission.READ);
        assertThat(Permission.of("POST", "/messages/{id}/replay")).isEqualTo(Permission.REPLAY);
    }
}
