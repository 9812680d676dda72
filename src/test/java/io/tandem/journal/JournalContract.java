package io.tandem.journal;

import static io.tandem.journal.Samples.BOTH;
import static io.tandem.journal.Samples.NONE;
import static io.tandem.journal.Samples.ONE;
import static io.tandem.journal.Samples.TWO;
import static io.tandem.journal.Samples.answer;
import static io.tandem.journal.Samples.body;
import static io.tandem.journal.Samples.dead;
import static io.tandem.journal.Samples.delivered;
import static io.tandem.journal.Samples.get;
import static io.tandem.journal.Samples.message;
import static io.tandem.journal.Samples.retried;
import static io.tandem.journal.Samples.skipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tandem.config.Settings;
import io.tandem.message.Answer;
import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.ProblemType;
import io.tandem.message.ReplyBody;
import io.tandem.support.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a journal promises, whatever the database. */
abstract class JournalContract {
    static final Duration MINUTE = Duration.ofMinutes(1);

    /** For machines that have other work too. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration LEASE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    final ManualClock clock = new ManualClock();
    Settings.Journal settings;
    Journal journal;

    /** An empty one. */
    abstract Settings.Database database(Path folder);

    @BeforeEach
    void open() {
        settings = Samples.settings(database(folder));
        journal = Journals.open(settings, Samples.terms(clock, LEASE));
    }

    @AfterEach
    void close() {
        journal.close();
    }

    void reopen() {
        journal.close();
        journal = Journals.open(settings, Samples.terms(clock, LEASE));
    }

    String accept(NewMessage message) {
        assertThat(get(journal.accept(message))).isInstanceOf(Acceptance.Fresh.class);
        return message.id();
    }

    String acceptWith(Set<String> taken) {
        return accept(message(taken));
    }

    StoredMessage found(String id) {
        StoredMessage found = journal.find(id);
        assertThat(found).as(id).isNotNull();
        return found;
    }

    StoredDelivery delivery(String id, String target) {
        return found(id).deliveries().stream()
                .filter(delivery -> delivery.target().equals(target))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void messageIsFoundAsItWasHandedIn() {
        NewMessage message = message("key-1", "{\"a\":\"ä\"}", Set.of(ONE));

        accept(message);

        StoredMessage found = found(message.id());
        assertThat(found.entry()).isEqualTo("http");
        assertThat(found.key()).isEqualTo("key-1");
        assertThat(found.contentType()).isEqualTo("application/json");
        assertThat(found.size()).isEqualTo(10);
        assertThat(found.headers()).isEqualTo(message.headers());
        assertThat(found.traceparent()).isEqualTo(Samples.TRACE);
        assertThat(found.received()).isEqualTo(clock.instant());
        assertThat(found.state()).isEqualTo(MessageState.PENDING);
        assertThat(found.answer()).isNull();
        assertThat(found.inFlight()).isTrue();
        assertThat(found.deliveries())
                .containsExactly(
                        new StoredDelivery(ONE, DeliveryState.PENDING, 0, null, clock.instant(), true),
                        new StoredDelivery(TWO, DeliveryState.PENDING, 0, null, clock.instant(), false));
        assertThat(journal.find(Samples.id())).isNull();
    }

    @Test
    void messageIsKnownWhenItsKeyComesAgain() {
        String id = accept(message("key", "{}", BOTH));
        get(journal.record(id, List.of(delivered(ONE), delivered(TWO)), answer("{\"x\":1}")));

        Acceptance same = get(journal.accept(message("key", "{}", BOTH)));
        Acceptance other = get(journal.accept(message("key", "{} ", BOTH)));

        assertThat(same).isInstanceOfSatisfying(Acceptance.Known.class, known -> {
            assertThat(known.sameBody()).isTrue();
            assertThat(known.message().id()).isEqualTo(id);
            assertThat(known.message().answer().body()).isEqualTo(body("{\"x\":1}"));
            assertThat(known.message().deliveries().get(0).last().body().json())
                    .isEqualTo(body("{\"from\":\"api-one\"}"));
        });
        assertThat(other).isInstanceOfSatisfying(Acceptance.Known.class, known -> assertThat(known.sameBody())
                .isFalse());
        assertThat(journal.list(new MessageQuery(null, null, null, 10))).hasSize(1);
    }

    @Test
    void oneIsFreshWhenAKeyComesManyTimesAtTheSameMoment() throws Exception {
        Map<String, Integer> fresh = new ConcurrentHashMap<>();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Thread thread = new Thread(() -> {
                awaitQuietly(go);
                List<CompletionStage<Acceptance>> stages = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    stages.add(journal.accept(message("key-" + i, "{}", BOTH)));
                }
                for (int i = 0; i < 50; i++) {
                    if (get(stages.get(i)) instanceof Acceptance.Fresh) {
                        fresh.merge("key-" + i, 1, Integer::sum);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(fresh).hasSize(50).allSatisfy((key, times) -> assertThat(times)
                .isEqualTo(1));
        assertThat(journal.pendingMessages()).isEqualTo(50);
        assertThat(journal.backlog(ONE).pending()).isEqualTo(50);
    }

    @Test
    void deliveryIsReadAsItWasRecorded() {
        String id = acceptWith(BOTH);
        Answer answer = answer("{\"é\":1}");

        get(journal.record(id, List.of(delivered(ONE), dead(TWO)), answer));

        StoredMessage found = found(id);
        assertThat(found.state()).isEqualTo(MessageState.PARTIAL);
        assertThat(found.inFlight()).isFalse();
        assertThat(found.answer()).usingRecursiveComparison().isEqualTo(answer);
        assertThat(found.deliveries().get(0))
                .usingRecursiveComparison()
                .isEqualTo(new StoredDelivery(
                        ONE, DeliveryState.DELIVERED, 2, delivered(ONE).delivery(), null, false));
        Delivery last = found.deliveries().get(1).last();
        assertThat(last.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(last.status()).isEqualTo(422);
        assertThat(last.body().encoding()).isEqualTo("base64");
        assertThat(last.problem().type()).isEqualTo(ProblemType.TARGET_REJECTED);
        assertThat(last.problem().status()).isEqualTo(422);
        assertThat(last.problem().detail()).isEqualTo("It said no: \u00e9\ufffd.");
    }

    @Test
    void attemptsAddUpAndTheLastRoundIsShown() {
        String id = acceptWith(BOTH);
        Instant next = clock.instant().plusSeconds(30);
        get(journal.record(id, List.of(retried(ONE, next)), null));
        assertThat(delivery(id, ONE))
                .usingRecursiveComparison()
                .isEqualTo(new StoredDelivery(
                        ONE, DeliveryState.PENDING, 3, retried(ONE, next).delivery(), next, false));

        get(journal.take(id, Set.of(ONE)));
        get(journal.record(id, List.of(delivered(ONE)), null));

        assertThat(delivery(id, ONE).attempts()).isEqualTo(5);
        assertThat(delivery(id, ONE).last().attempts()).isEqualTo(2);
        assertThat(delivery(id, ONE).last().problem()).isNull();
        assertThat(delivery(id, ONE).nextAttempt()).isNull();
    }

    static Stream<Arguments> states() {
        Instant next = Instant.now().plusSeconds(60);
        return Stream.of(
                Arguments.of(delivered(ONE), delivered(TWO), MessageState.COMPLETE),
                Arguments.of(delivered(ONE), skipped(TWO), MessageState.COMPLETE),
                Arguments.of(skipped(ONE), skipped(TWO), MessageState.COMPLETE),
                Arguments.of(delivered(ONE), dead(TWO), MessageState.PARTIAL),
                Arguments.of(dead(ONE), dead(TWO), MessageState.DEAD),
                Arguments.of(dead(ONE), skipped(TWO), MessageState.DEAD),
                Arguments.of(delivered(ONE), retried(TWO, next), MessageState.PENDING),
                Arguments.of(dead(ONE), retried(TWO, next), MessageState.PENDING));
    }

    @ParameterizedTest
    @MethodSource("states")
    void stateFollowsFromTheDeliveries(DeliveryRecord one, DeliveryRecord two, MessageState expected) {
        String together = acceptWith(BOTH);
        String apart = acceptWith(BOTH);

        get(journal.record(together, List.of(one, two), null));
        get(journal.record(apart, List.of(two), null));
        get(journal.record(apart, List.of(one), null));

        assertThat(found(together).state()).isEqualTo(expected);
        assertThat(found(apart).state()).isEqualTo(expected);
        assertThat(journal.pendingMessages()).isEqualTo(expected == MessageState.PENDING ? 2 : 0);
    }

    @Test
    void messageIsSettledWhenBothDeliveriesAreRecordedAtTheSameMoment() {
        List<String> ids =
                IntStream.range(0, 200).mapToObj(i -> acceptWith(BOTH)).toList();
        List<CompletionStage<Void>> stages = Collections.synchronizedList(new ArrayList<>());

        inParallel(
                () -> ids.forEach(id -> stages.add(journal.record(id, List.of(delivered(ONE)), null))),
                () -> ids.forEach(id -> stages.add(journal.record(id, List.of(delivered(TWO)), null))));
        stages.forEach(Samples::get);

        assertThat(ids).allSatisfy(id -> assertThat(found(id).state()).isEqualTo(MessageState.COMPLETE));
        assertThat(journal.pendingMessages()).isZero();
    }

    @Test
    void answerStaysWhenALaterRecordHasNone() {
        String id = acceptWith(BOTH);
        Instant next = clock.instant();
        get(journal.record(id, List.of(delivered(ONE), retried(TWO, next)), answer("{}")));
        get(journal.take(id, Set.of(TWO)));
        get(journal.record(id, List.of(delivered(TWO)), null));

        assertThat(found(id).answer().body()).isEqualTo(body("{}"));

        get(journal.record(id, List.of(), answer("{\"new\":1}")));
        assertThat(found(id).answer().body()).isEqualTo(body("{\"new\":1}"));
    }

    @Test
    void deliveryIsTakenWhenItIsDue() {
        String id = acceptWith(BOTH);
        Instant next = clock.instant().plusSeconds(30);
        get(journal.record(id, List.of(retried(ONE, next), retried(TWO, next)), null));

        assertThat(journal.nextDue(ONE)).isEqualTo(next);
        assertThat(get(journal.takeDue(ONE, 10, false, false))).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        List<DueDelivery> due = get(journal.takeDue(ONE, 10, false, false));

        assertThat(due).hasSize(1);
        assertThat(due.get(0).message().id()).isEqualTo(id);
        assertThat(due.get(0).target()).isEqualTo(ONE);
        assertThat(due.get(0).attempts()).isEqualTo(3);
        assertThat(due.get(0).body()).isEqualTo(body("{\"id\":\"" + id + "\"}"));
        assertThat(due.get(0).message().deliveries().get(0).taken()).isTrue();
        assertThat(delivery(id, ONE).taken()).isTrue();
        assertThat(delivery(id, TWO).taken()).isFalse();
        assertThat(get(journal.takeDue(ONE, 10, false, false))).isEmpty();
        assertThat(journal.nextDue(ONE)).isNull();
    }

    @Test
    void oldestAreTakenFirst() {
        List<String> ids = IntStream.range(0, 5).mapToObj(i -> acceptWith(NONE)).toList();

        assertThat(taken(journal.takeDue(ONE, 2, false, false))).containsExactlyInAnyOrderElementsOf(ids.subList(0, 2));
        assertThat(taken(journal.takeDue(ONE, 9, false, false))).containsExactlyInAnyOrderElementsOf(ids.subList(2, 5));
    }

    @Test
    void deliveryIsTakenEarlyWhenItIsAskedFor() {
        String id = acceptWith(BOTH);
        get(journal.record(id, List.of(retried(ONE, clock.instant().plusSeconds(3600))), null));

        assertThat(taken(journal.takeDue(ONE, 10, true, false))).containsExactly(id);
        assertThat(taken(journal.takeDue(ONE, 10, true, false))).isEmpty();
    }

    @Test
    void onlyTheOldestIsTakenInOrder() {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> acceptWith(NONE)).toList();

        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(ids.get(0));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).isEmpty();
        get(journal.record(ids.get(0), List.of(retried(ONE, clock.instant().plusSeconds(9))), null));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).isEmpty();
        clock.advance(Duration.ofSeconds(9));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(ids.get(0));
        get(journal.record(ids.get(0), List.of(dead(ONE)), null));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(ids.get(1));
        get(journal.record(ids.get(1), List.of(delivered(ONE)), null));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(ids.get(2));
    }

    @Test
    void nothingIsTakenInOrderWhileOneIsUnderWayThatCameLater() {
        String first = acceptWith(NONE);
        String second = acceptWith(NONE);
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(first);
        get(journal.record(first, List.of(dead(ONE)), null));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(second);

        get(journal.replay(first, null));

        assertThat(taken(journal.takeDue(ONE, 10, false, true))).isEmpty();
        get(journal.record(second, List.of(delivered(ONE)), null));
        assertThat(taken(journal.takeDue(ONE, 10, false, true))).containsExactly(first);
    }

    @Test
    void undeliveredIsTakenOnce() {
        String id = acceptWith(BOTH);
        assertThat(get(journal.take(id, BOTH))).isEmpty();
        get(journal.record(id, List.of(delivered(ONE), dead(TWO)), null));
        assertThat(journal.backlog(TWO).dead()).isEqualTo(1);

        assertThat(get(journal.take(id, BOTH))).containsExactly(TWO);

        assertThat(delivery(id, TWO).state()).isEqualTo(DeliveryState.PENDING);
        assertThat(found(id).state()).isEqualTo(MessageState.PENDING);
        assertThat(journal.pendingMessages()).isEqualTo(1);
        assertThat(journal.backlog(TWO)).isEqualTo(new Backlog(1, 0, clock.instant()));
        assertThat(get(journal.take(id, BOTH))).isEmpty();
        get(journal.record(id, List.of(delivered(TWO)), null));
        assertThat(found(id).state()).isEqualTo(MessageState.COMPLETE);
        assertThat(get(journal.take(Samples.id(), BOTH))).isEmpty();
    }

    @Test
    void releasedIsDueAgain() {
        String id = acceptWith(BOTH);

        get(journal.release(id, Set.of(ONE)));

        assertThat(taken(journal.takeDue(ONE, 1, false, false))).containsExactly(id);
        assertThat(taken(journal.takeDue(TWO, 1, false, false))).isEmpty();
    }

    @Test
    void replayMakesUndeliveredDue() {
        String id = acceptWith(BOTH);
        get(journal.record(id, List.of(delivered(ONE), dead(TWO)), null));

        assertThat(get(journal.replay(id, Set.of(ONE)))).isEmpty();
        assertThat(get(journal.replay(id, null))).containsExactly(TWO);
        assertThat(get(journal.replay(Samples.id(), null))).isNull();

        assertThat(found(id).state()).isEqualTo(MessageState.PENDING);
        assertThat(delivery(id, TWO).attempts()).isEqualTo(1);
        assertThat(journal.backlog(TWO).pending()).isEqualTo(1);
        assertThat(taken(journal.takeDue(TWO, 1, false, false))).containsExactly(id);
        // being attempted is pending too
        assertThat(get(journal.replay(id, null))).containsExactly(TWO);
        assertThat(delivery(id, TWO).taken()).isTrue();
    }

    @Test
    void ageCountsFromTheReplay() {
        String id = acceptWith(NONE);
        clock.advance(MINUTE);
        assertThat(get(journal.expire(ONE, Duration.ofSeconds(30)))).isEqualTo(1);
        get(journal.replay(id, null));

        assertThat(get(journal.expire(ONE, Duration.ofSeconds(30)))).isZero();
        assertThat(delivery(id, ONE).state()).isEqualTo(DeliveryState.PENDING);
        clock.advance(MINUTE);
        assertThat(get(journal.expire(ONE, Duration.ofSeconds(30)))).isEqualTo(1);
    }

    @Test
    void oldDeliveriesExpire() {
        List<String> old = IntStream.range(0, 2 * ExpireOperation.PART + 10)
                .mapToObj(i -> message(NONE))
                .map(message -> Map.entry(message.id(), journal.accept(message)))
                .map(entry -> {
                    assertThat(get(entry.getValue())).isInstanceOf(Acceptance.Fresh.class);
                    return entry.getKey();
                })
                .toList();
        String attempted = acceptWith(Set.of(ONE));
        clock.advance(MINUTE);
        String young = acceptWith(NONE);

        assertThat(get(journal.expire(ONE, Duration.ofSeconds(30)))).isEqualTo(old.size());

        assertThat(delivery(old.get(0), ONE).state()).isEqualTo(DeliveryState.DEAD);
        assertThat(delivery(old.get(0), ONE).last().problem().type()).isEqualTo(ProblemType.DELIVERY_EXPIRED);
        assertThat(delivery(old.get(0), TWO).state()).isEqualTo(DeliveryState.PENDING);
        assertThat(found(old.get(0)).state()).isEqualTo(MessageState.PENDING);
        assertThat(delivery(attempted, ONE).state()).isEqualTo(DeliveryState.PENDING);
        assertThat(delivery(young, ONE).state()).isEqualTo(DeliveryState.PENDING);
        assertThat(journal.backlog(ONE).dead()).isEqualTo(old.size());

        assertThat(get(journal.expire(TWO, Duration.ofSeconds(30)))).isEqualTo(old.size() + 1);
        assertThat(found(old.get(0)).state()).isEqualTo(MessageState.DEAD);
        assertThat(journal.pendingMessages()).isEqualTo(2);
    }

    @Test
    void oldDeliveriesExpireBehindOnesThatWereReplayed() {
        String replayed = acceptWith(NONE);
        List<CompletionStage<Acceptance>> asked = IntStream.range(0, ExpireOperation.PART + 10)
                .mapToObj(i -> journal.accept(message(NONE)))
                .toList();
        asked.forEach(Samples::get);
        clock.advance(MINUTE);
        get(journal.replay(replayed, null));

        assertThat(get(journal.expire(ONE, Duration.ofSeconds(30)))).isEqualTo(asked.size());
        assertThat(delivery(replayed, ONE).state()).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void deliveriesWaitForATargetThatWasRemovedAndGoOnWhenItIsBack() {
        String waits = accept(toRemoved());
        String both = accept(toRemoved());
        assertThat(taken(journal.takeDue(ONE, 10, false, false))).containsExactlyInAnyOrder(waits, both);
        get(journal.record(waits, List.of(delivered(ONE)), null));
        reopen();

        assertThat(journal.removedTargets()).isEqualTo(Map.of("api-three", 2L));
        assertThat(journal.pendingMessages()).isEqualTo(1);
        assertThat(found(waits).state()).isEqualTo(MessageState.PENDING);
        assertThat(found(both).state()).isEqualTo(MessageState.PENDING);

        journal.close();
        Journals.Terms terms = Samples.terms(clock, LEASE);
        journal = Journals.open(
                settings,
                new Journals.Terms(
                        Map.of(ONE, true, "api-three", true),
                        terms.longestAttempt(),
                        terms.lease(),
                        terms.margin(),
                        terms.forget(),
                        clock));

        assertThat(journal.removedTargets()).isEmpty();
        assertThat(journal.pendingMessages()).isEqualTo(2);
        assertThat(taken(journal.takeDue("api-three", 10, false, false))).containsExactlyInAnyOrder(waits, both);
    }

    @Test
    void deliveryToARemovedTargetIsDeadForThatReasonWhenItIsTooOld() {
        String id = accept(toRemoved());
        clock.advance(MINUTE);

        assertThat(get(journal.expire("api-three", Duration.ofSeconds(30)))).isEqualTo(1);

        assertThat(delivery(id, "api-three").state()).isEqualTo(DeliveryState.DEAD);
        assertThat(delivery(id, "api-three").last().problem().type()).isEqualTo(ProblemType.TARGET_REMOVED);
        assertThat(delivery(id, ONE).state()).isEqualTo(DeliveryState.PENDING);
    }

    private static NewMessage toRemoved() {
        NewMessage message = message(NONE);
        return new NewMessage(
                message.id(),
                message.entry(),
                message.key(),
                message.body(),
                message.contentType(),
                message.headers(),
                message.traceparent(),
                Set.of(ONE, "api-three"),
                NONE);
    }

    private NewMessage toBeTold(int size) {
        NewMessage message = message(BOTH);
        return new NewMessage(
                message.id(),
                "kafka",
                message.key(),
                new byte[size],
                message.contentType(),
                message.headers(),
                message.traceparent(),
                BOTH,
                BOTH,
                Map.of("topic", "orders", "key", "a2V5"));
    }

    @Test
    void senderIsToldOnceWithBodyAndRepliesWhenNothingIsLeftToDo() {
        // one body in the database, one beside it
        for (int size : new int[] {10, 100_000}) {
            String id = accept(toBeTold(size));
            String other = acceptWith(BOTH);
            get(journal.record(id, List.of(delivered(ONE)), null));
            assertThat(get(journal.takeUntold(10, MINUTE))).isEmpty();
            get(journal.record(id, List.of(delivered(TWO)), null));
            get(journal.record(other, List.of(delivered(ONE), delivered(TWO)), null));

            List<Untold> untold = get(journal.takeUntold(10, MINUTE));

            assertThat(untold).singleElement().satisfies(message -> {
                assertThat(message.message().id()).isEqualTo(id);
                assertThat(message.message().state()).isEqualTo(MessageState.COMPLETE);
                assertThat(message.message().deliveries())
                        .allSatisfy(
                                delivery -> assertThat(delivery.last().body()).isNotNull());
                assertThat(message.body()).hasSize(size);
                assertThat(message.replyTo()).isEqualTo(Map.of("topic", "orders", "key", "a2V5"));
            });
            assertThat(get(journal.takeUntold(10, MINUTE))).isEmpty();
            get(journal.told(untold.get(0)));
            clock.advance(MINUTE.multipliedBy(2));
            assertThat(get(journal.takeUntold(10, MINUTE))).isEmpty();
        }
    }

    @Test
    void senderIsToldByWhoeverTakesItNextWhenTheFirstSaysNothing() {
        String id = accept(toBeTold(10));
        get(journal.record(id, List.of(delivered(ONE), dead(TWO)), null));
        assertThat(get(journal.takeUntold(10, MINUTE))).hasSize(1);
        clock.advance(MINUTE.plusSeconds(1));

        List<Untold> untold = get(journal.takeUntold(10, MINUTE));
        assertThat(untold)
                .singleElement()
                .satisfies(message -> assertThat(message.message().state()).isEqualTo(MessageState.PARTIAL));
        get(journal.tellLater(untold.get(0), Duration.ofSeconds(5)));
        assertThat(get(journal.takeUntold(10, MINUTE))).isEmpty();
        clock.advance(Duration.ofSeconds(6));
        assertThat(get(journal.takeUntold(10, MINUTE))).hasSize(1);
    }

    @Test
    void senderIsToldAgainWhenMoreHasComeOfItMeanwhile() {
        String id = accept(toBeTold(10));
        get(journal.record(id, List.of(delivered(ONE), dead(TWO)), null));
        List<Untold> before = get(journal.takeUntold(10, MINUTE));
        clock.advance(Duration.ofSeconds(1));
        get(journal.replay(id, null));
        get(journal.takeDue(TWO, 1, false, false));
        get(journal.record(id, List.of(delivered(TWO)), null));

        get(journal.told(before.get(0)));

        assertThat(get(journal.takeUntold(10, MINUTE))).singleElement().satisfies(message -> {
            assertThat(message.message().state()).isEqualTo(MessageState.COMPLETE);
            assertThat(message.body()).hasSize(10);
        });
    }

    @Test
    void reasonStaysWhenAnAttemptedDeliveryExpires() {
        String id = acceptWith(BOTH);
        get(journal.record(id, List.of(retried(ONE, clock.instant())), null));
        clock.advance(MINUTE);

        assertThat(get(journal.expire(ONE, Duration.ofSeconds(30)))).isEqualTo(1);

        assertThat(delivery(id, ONE).last().problem().type()).isEqualTo(ProblemType.TARGET_UNREACHABLE);
    }

    @Test
    void givenUpMessageIsFoundByItsBody() {
        byte[] hash = BodyHash.of(body("{}"), "application/json");
        String first = accept(message(null, "{}", BOTH));
        String second = accept(message(null, "{}", BOTH));
        accept(message(null, "{\"other\":1}", NONE));
        assertThat(journal.findGivenUp("http", hash)).isNull();

        get(journal.record(first, List.of(delivered(ONE), dead(TWO)), null));
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(first);
        get(journal.record(second, List.of(dead(ONE), dead(TWO)), null));
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(second);
        assertThat(journal.findGivenUp("folder", hash)).isNull();

        // one that is being attempted, when there is no other
        get(journal.take(second, BOTH));
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(first);
        get(journal.take(first, BOTH));
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(second);

        // and those that are delivered by now
        get(journal.record(second, List.of(delivered(ONE), delivered(TWO)), null));
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(first);
        get(journal.record(first, List.of(delivered(TWO)), null));
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(second);
    }

    @Test
    void messageIsFoundByItsBodyWhenItsCallerWasToldThatItWaits() {
        byte[] hash = BodyHash.of(body("{}"), "application/json");
        String unmet = accept(message(null, "{}", BOTH));
        get(journal.record(unmet, List.of(retried(ONE, clock.instant()), delivered(TWO)), told(502)));
        String met = accept(message(null, "{}", BOTH));
        get(journal.record(met, List.of(dead(ONE), delivered(TWO)), told(200)));
        accept(message(null, "{}", BOTH));

        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(unmet);
        get(journal.take(unmet, BOTH));
        get(journal.record(unmet, List.of(delivered(ONE)), null));
        assertThat(found(unmet).settled()).isEqualTo(clock.instant());
        assertThat(journal.findGivenUp("http", hash).id()).isEqualTo(met);
    }

    private static Answer told(int status) {
        return new Answer(status, "application/json", "partial", null, body("{}"));
    }

    @Test
    void pagesFollowEachOther() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String id = acceptWith(BOTH);
            ids.add(id);
            switch (i % 4) {
                case 0 -> get(journal.record(id, List.of(delivered(ONE), delivered(TWO)), answer("{}")));
                case 1 -> get(journal.record(id, List.of(delivered(ONE), dead(TWO)), null));
                case 2 -> get(journal.record(id, List.of(dead(ONE), dead(TWO)), null));
                default -> {}
            }
        }
        Collections.reverse(ids);

        List<StoredMessage> first = journal.list(new MessageQuery(null, null, null, 5));
        List<StoredMessage> second =
                journal.list(new MessageQuery(null, null, first.get(4).id(), 100));

        assertThat(Stream.concat(first.stream(), second.stream()).map(StoredMessage::id))
                .containsExactlyElementsOf(ids);
        assertThat(first).allSatisfy(message -> {
            assertThat(message.answer()).isNull();
            assertThat(message.deliveries()).hasSize(2);
        });
        assertThat(second.get(6).deliveries().get(0).last().status()).isEqualTo(201);
        assertThat(second.get(6).deliveries().get(0).last().body()).isNull();
        assertThat(listed(MessageState.COMPLETE, null)).containsExactly(ids.get(3), ids.get(7), ids.get(11));
        assertThat(listed(MessageState.PENDING, null)).containsExactly(ids.get(0), ids.get(4), ids.get(8));
        assertThat(listed(MessageState.PARTIAL, null)).containsExactly(ids.get(2), ids.get(6), ids.get(10));
        assertThat(listed(MessageState.DEAD, null)).containsExactly(ids.get(1), ids.get(5), ids.get(9));
        assertThat(listed(null, ONE)).containsExactlyElementsOf(ids);
        assertThat(listed(null, "no-such")).isEmpty();
        assertThat(listed(MessageState.COMPLETE, TWO)).containsExactly(ids.get(3), ids.get(7), ids.get(11));
        assertThat(listed(MessageState.DEAD, ONE)).containsExactly(ids.get(1), ids.get(5), ids.get(9));
        assertThat(listed(MessageState.DEAD, TWO)).hasSize(6);
        assertThat(listed(MessageState.PENDING, TWO)).containsExactly(ids.get(0), ids.get(4), ids.get(8));
    }

    private List<String> listed(MessageState state, String target) {
        return journal.list(new MessageQuery(state, target, null, 1000)).stream()
                .map(StoredMessage::id)
                .toList();
    }

    @Test
    void backlogIsCountedAgainWhenItIsOpened() {
        acceptWith(BOTH);
        Instant oldest = clock.instant();
        clock.advance(MINUTE);
        String second = acceptWith(BOTH);
        get(journal.record(second, List.of(dead(ONE), retried(TWO, clock.instant())), null));

        reopenWhenTakenIsGivenUp();

        assertThat(journal.pendingMessages()).isEqualTo(2);
        assertThat(journal.backlog(ONE)).isEqualTo(new Backlog(1, 1, oldest));
        assertThat(journal.backlog("no-such")).isEqualTo(new Backlog(0, 0, null));
    }

    @Test
    void takenIsDueOrGivenUpWhenItsProcessHasDied() {
        String id = acceptWith(BOTH);
        get(journal.record(id, List.of(retried(ONE, clock.instant()), retried(TWO, clock.instant())), null));
        get(journal.take(id, BOTH));
        String untaken = acceptWith(NONE);

        reopenWhenTakenIsGivenUp();

        assertThat(delivery(id, ONE))
                .isEqualTo(new StoredDelivery(ONE, DeliveryState.PENDING, 3, null, clock.instant(), false));
        StoredDelivery unknown = delivery(id, TWO);
        assertThat(unknown.state()).isEqualTo(DeliveryState.DEAD);
        assertThat(unknown.taken()).isFalse();
        assertThat(unknown.last().problem().type()).isEqualTo(ProblemType.DELIVERY_UNKNOWN);
        assertThat(found(id).state()).isEqualTo(MessageState.PENDING);
        assertThat(delivery(untaken, TWO).state()).isEqualTo(DeliveryState.PENDING);
        assertThat(taken(journal.takeDue(ONE, 10, false, false))).containsExactlyInAnyOrder(id, untaken);
    }

    /** Opens the journal anew, as after a crash, and waits until what was taken is free. */
    abstract void reopenWhenTakenIsGivenUp();

    @Test
    void largeBodyComesBackAsItWas() {
        byte[] large = new byte[300_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31);
        }
        NewMessage sample = message(NONE);
        NewMessage message =
                new NewMessage(sample.id(), "http", null, large, null, Map.of(), Samples.TRACE, Set.of(ONE), Set.of());
        accept(message);
        assertThat(found(message.id()).contentType()).isNull();
        assertThat(found(message.id()).size()).isEqualTo(300_000);

        reopen();

        assertThat(get(journal.takeDue(ONE, 1, false, false)).get(0).body()).isEqualTo(large);
        get(journal.record(message.id(), List.of(delivered(ONE)), null));
        assertThat(found(message.id()).state()).isEqualTo(MessageState.COMPLETE);
    }

    @Test
    void oldMessagesAreForgottenByTheirState() {
        String complete = accept(message("key", "{}", BOTH));
        String dead = acceptWith(BOTH);
        String pending = acceptWith(BOTH);
        get(journal.record(complete, List.of(delivered(ONE), delivered(TWO)), null));
        get(journal.record(dead, List.of(delivered(ONE), dead(TWO)), null));
        get(journal.record(pending, List.of(dead(ONE)), null));

        clock.advance(Duration.ofDays(3).plusSeconds(1));
        await().until(() -> journal.find(complete) == null);
        assertThat(journal.find(dead)).isNotNull();
        assertThat(get(journal.accept(message("key", "{}", NONE)))).isInstanceOf(Acceptance.Fresh.class);

        clock.advance(Duration.ofDays(27));
        await().until(() -> journal.find(dead) == null);
        assertThat(journal.find(pending)).isNotNull();
        assertThat(journal.backlog(TWO).dead()).isZero();
        assertThat(journal.backlog(ONE).dead()).isEqualTo(1);
    }

    @Test
    void whatIsHeldIsRememberedHoweverOldUntilTheHoldEnds() {
        String held = settledWithKey("file:a:1");
        String free = settledWithKey("file:b:1");
        get(journal.hold("work", "file:a:"));
        get(journal.hold("work", "file:a:"));
        get(journal.hold("other", "file:c:"));
        reopen();

        clock.advance(Duration.ofDays(300));

        await().atMost(PATIENCE).until(() -> journal.find(free) == null);
        assertThat(journal.find(held)).isNotNull();

        get(journal.endHold("work"));

        await().atMost(PATIENCE).until(() -> journal.find(held) == null);
    }

    private String settledWithKey(String key) {
        NewMessage message = message(key, "{}", BOTH);
        get(journal.accept(message));
        get(journal.record(message.id(), List.of(delivered(ONE), delivered(TWO)), null));
        return message.id();
    }

    @Test
    void manyOldMessagesAreForgottenInParts() {
        int many = 3 * RetentionOperation.PART + 7;
        List<CompletionStage<Void>> settled = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            settled.add(acceptAndSettle());
        }
        settled.forEach(Samples::get);

        clock.advance(Duration.ofDays(4));

        await().atMost(PATIENCE).until(() -> journal.list(new MessageQuery(null, null, null, 1000))
                .isEmpty());
    }

    private CompletionStage<Void> acceptAndSettle() {
        NewMessage message = message(BOTH);
        return journal.accept(message)
                .thenCompose(fresh -> journal.record(message.id(), List.of(delivered(ONE), delivered(TWO)), null));
    }

    @Test
    void everyDeliveryIsTakenByOneWhenManyTake() {
        // all at once: they share their syncs
        List<NewMessage> messages =
                IntStream.range(0, 300).mapToObj(i -> message(NONE)).toList();
        List<CompletionStage<Acceptance>> asked =
                messages.stream().map(journal::accept).toList();
        asked.forEach(stage -> assertThat(get(stage)).isInstanceOf(Acceptance.Fresh.class));
        List<String> ids = messages.stream().map(NewMessage::id).toList();
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        Runnable taker = () -> {
            List<String> some = taken(journal.takeDue(ONE, 7, false, false));
            while (!some.isEmpty()) {
                taken.addAll(some);
                some = taken(journal.takeDue(ONE, 7, false, false));
            }
        };

        inParallel(taker, taker, taker, taker);

        assertThat(taken).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void othersAreWrittenWhenOneCanNotBe() {
        NewMessage message = message(NONE);
        accept(message);
        CompletionStage<Acceptance> again = journal.accept(message);
        List<CompletionStage<Acceptance>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(journal.accept(message(NONE)));
        }

        assertThatThrownBy(() -> get(again)).isInstanceOf(JournalException.class);
        others.forEach(other -> assertThat(get(other)).isInstanceOf(Acceptance.Fresh.class));
        assertThat(journal.unavailable()).isNull();
    }

    @Test
    void othersAreRecordedWhenOneCanNotBe() {
        List<String> ids =
                IntStream.range(0, 40).mapToObj(i -> acceptWith(Set.of(ONE))).toList();
        List<CompletionStage<Void>> records = new ArrayList<>();
        for (String id : ids.subList(0, 20)) {
            records.add(journal.record(id, List.of(delivered(ONE)), null));
        }
        // no database has that time
        CompletionStage<Void> bad = journal.record(ids.get(20), List.of(retried(ONE, Instant.MAX)), null);
        for (String id : ids.subList(21, 40)) {
            records.add(journal.record(id, List.of(delivered(ONE)), null));
        }

        assertThatThrownBy(() -> get(bad)).isInstanceOf(JournalException.class);
        records.forEach(Samples::get);
        assertThat(journal.backlog(ONE).pending()).isEqualTo(1);
        assertThat(journal.unavailable()).isNull();
    }

    @Test
    void nothingIsTakenWhenItIsClosed() {
        List<CompletionStage<Acceptance>> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(journal.accept(message(NONE)));
        }
        journal.close();

        asked.forEach(stage -> assertThat(get(stage)).isInstanceOf(Acceptance.Fresh.class));
        assertThatThrownBy(() -> get(journal.accept(message(NONE)))).hasMessage("the journal is closed");
        assertThatThrownBy(() -> get(journal.record("x", List.of(), answer("{}"))))
                .hasMessage("the journal is closed");
        assertThatThrownBy(() -> journal.find("x")).isInstanceOf(JournalException.class);
        reopen();
        assertThat(journal.pendingMessages()).isEqualTo(100);
    }

    @Test
    void statisticsTellHowManyShareASync() {
        List<CompletionStage<Acceptance>> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asked.add(journal.accept(message(NONE)));
        }
        asked.forEach(Samples::get);

        JournalStatistics statistics = journal.statistics();
        assertThat(statistics.operations()).isGreaterThanOrEqualTo(200);
        assertThat(statistics.commits()).isLessThan(200);
        assertThat(statistics.took()).isPositive();
        // the journal's own upkeep writes, too
        await().until(() -> journal.statistics().queued() == 0);
    }

    @Test
    void replyBodyIsKeptWhateverItIs() {
        String id = acceptWith(BOTH);
        ReplyBody text = ReplyBody.of(body("plain ☃"), "text/plain");
        Delivery delivery = new Delivery(ONE, Outcome.FAILED, 500, Duration.ZERO, 1, text, null, Duration.ofDays(1));
        get(journal.record(id, List.of(new DeliveryRecord(delivery, DeliveryState.DEAD, null)), null));

        assertThat(delivery(id, ONE).last()).usingRecursiveComparison().isEqualTo(delivery);
    }

    static List<String> taken(CompletionStage<List<DueDelivery>> due) {
        return get(due).stream().map(delivery -> delivery.message().id()).toList();
    }

    static void inParallel(Runnable... tasks) {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = Stream.of(tasks).map(Thread::new).toList();
        threads.forEach(thread -> thread.setUncaughtExceptionHandler((t, e) -> failures.add(e)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
