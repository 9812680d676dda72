package io.tandem.entry.folder;

import io.tandem.journal.Journal;
import io.tandem.journal.JournalException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A real journal that takes nothing while it has a fault, as one whose disk is full. */
final class FaultyJournal {
    /** What has happened already is written as soon as that is possible: only what is new is refused. */
    private static final Set<String> INTAKE = Set.of("accept", "take", "takeDue");

    private FaultyJournal() {}

    static Journal around(Journal journal, AtomicReference<@Nullable String> fault) {
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (proxy, method, arguments) -> call(journal, fault.get(), method, arguments));
    }

    private static @Nullable Object call(
            Journal journal, @Nullable String fault, Method method, Object @Nullable [] arguments) throws Throwable {
        if (fault != null && method.getName().equals("unavailable")) {
            return fault;
        }
        if (fault != null && INTAKE.contains(method.getName())) {
            return CompletableFuture.failedStage(new JournalException(fault));
        }
        try {
            return method.invoke(journal, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
