package io.tandem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which thread carries which branch. */
@Timeout(60)
class BranchesTest {
    private final ExecutorService threads = TandemThreads.pool("test", 8);
    private final Branches branches = new Branches(threads);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** As Camel does it: each branch hands out the next one before it begins. */
    private CompletableFuture<List<Thread>> scatter(int count) {
        List<Thread> carriers = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(count);
        CompletableFuture<List<Thread>> met = new CompletableFuture<>();
        branches.execute(() -> branch(count, carriers, all, met));
        return met;
    }

    private void branch(int left, List<Thread> carriers, CountDownLatch all, CompletableFuture<List<Thread>> met) {
        if (left > 1) {
            branches.execute(() -> branch(left - 1, carriers, all, met));
        }
        carriers.add(Thread.currentThread());
        all.countDown();
        try {
            // none ends before all have begun: were two of them on one thread, this would never come
            if (all.await(30, TimeUnit.SECONDS)) {
                met.complete(carriers);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theThreadThatBringsAMessageCarriesItsFirstBranchAlone() throws Exception {
        CompletableFuture<Thread> bringing = new CompletableFuture<>();
        CompletableFuture<List<Thread>> carriers = new CompletableFuture<>();
        Branches.spare(threads).execute(() -> {
            bringing.complete(Thread.currentThread());
            scatter(3).thenAccept(carriers::complete);
        });
        assertThat(carriers.get()).hasSize(3).doesNotHaveDuplicates().contains(bringing.get());
    }

    @Test
    void aThreadThatHasMoreToDoCarriesNone() throws Exception {
        assertThat(scatter(3).get()).hasSize(3).doesNotHaveDuplicates().doesNotContain(Thread.currentThread());
    }

    @Test
    void aThreadIsSpareForOneMessageOnly() throws Exception {
        ExecutorService one = TandemThreads.pool("one", 1);
        try {
            CompletableFuture<Void> brought = new CompletableFuture<>();
            Branches.spare(one).execute(() -> brought.complete(null));
            brought.get();
            // the same thread, with a task that isn't a message
            Thread bringing = one.submit(Thread::currentThread).get();
            List<Thread> carriers = one.submit(() -> scatter(2)).get().get();
            assertThat(carriers).hasSize(2).doesNotContain(bringing);
        } finally {
            one.shutdownNow();
        }
    }
}
