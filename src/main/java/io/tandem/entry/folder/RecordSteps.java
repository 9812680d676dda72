package io.tandem.entry.folder;

import com.github.f4b6a3.ulid.Ulid;
import io.tandem.message.JsonBuffer;
import io.tandem.message.Problem;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.support.DefaultConsumer;

/** Sends the records of one file through the steps of the route. Thread-safe. */
final class RecordSteps {
    final EachRecord.Services services;
    final DefaultConsumer consumer;
    final AsyncProcessor steps;
    final BooleanSupplier stopping;

    /** Whether the reason of a failed route was logged in full: a million records may fail for the same one. */
    final AtomicBoolean explained = new AtomicBoolean();

    RecordSteps(
            EachRecord.Services services, DefaultConsumer consumer, AsyncProcessor steps, BooleanSupplier stopping) {
        this.services = services;
        this.consumer = consumer;
        this.steps = steps;
        this.stopping = stopping;
    }

    /** @param done is told the result, once, on any thread, when it is on disk */
    void send(RecordRun.Task task, Consumer<RecordResult> done) {
        new RecordRun(this, task, done).start();
    }

    /** The result of a record that is none. */
    RecordResult refused(Problem problem) {
        String reference = Ulid.fast().toString();
        services.observer().refused("folder", reference, problem);
        return new RecordResult(json(reference, problem), false, false);
    }

    static byte[] json(String id, Problem problem) {
        JsonBuffer out = new JsonBuffer(256).raw('{');
        problem.writeMembers(out, problem.status());
        return out.comma().name("id").string(id).raw('}').toByteArray();
    }
}
