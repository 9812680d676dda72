package io.tandem.journal;

import io.tandem.message.Delivery;
import io.tandem.message.Outcome;
import io.tandem.message.Problem;
import io.tandem.message.ProblemType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes deliveries to one target that are due. */
final class TakeDueOperation extends Operation<List<DueDelivery>> {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");

    private static final String DUE =
            """
            select message_id from delivery
            where target = ? and state = 0 and owner is null and next_attempt <= ?
            order by next_attempt, message_id limit ?""";

    private static final String EARLY =
            """
            select message_id from delivery
            where target = ? and state = 0 and state in (0, 2) and owner is null
            order by message_id limit ?""";

    private static final String OLDEST =
            """
            select message_id, owner, next_attempt from delivery
            where target = ? and state = 0 and state in (0, 2)
            order by message_id limit 16""";

    private static final String TAKE =
            "update delivery set owner = ? where message_id = ? and target = ? and state = 0" + Columns.AND_FREE;

    private static final Duration UNREADABLE_PAUSE = Duration.ofSeconds(30);

    /**
     * @param early also what is due later
     * @param inOrder only the oldest
     */
    record Request(String target, int limit, boolean early, boolean inOrder) {}

    private record Waiting(String messageId, boolean taken, long next) {}

    private final Context context;
    private final Request request;
    private final Consumer<Operation<?>> writer;
    private final long owner;
    private List<String> taken = List.of();

    /** @param writer gets what follows from it */
    TakeDueOperation(Context context, Request request, Consumer<Operation<?>> writer) {
        this.context = context;
        this.request = request;
        this.writer = writer;
        this.owner = context.ownership().id();
    }

    @Override
    void run(Session session) throws SQLException {
        taken = List.of();
        List<String> ids = request.inOrder() ? oldest(session) : due(session);
        if (ids.isEmpty()) {
            return;
        }
        PreparedStatement take = session.statement(TAKE);
        for (String id : ids) {
            Session.bind(take, 1, owner, id, request.target());
            take.addBatch();
        }
        int[] counts = take.executeBatch();
        List<String> held = new ArrayList<>(ids.size());
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 1) {
                held.add(ids.get(i));
            }
        }
        taken = held;
    }

    private List<String> due(Session session) throws SQLException {
        String target = request.target();
        int limit = request.limit();
        String lock = session.dialect().skipLocked();
        return request.early()
                ? session.query(EARLY + lock, row -> row.getString(1), target, limit)
                : session.query(DUE + lock, row -> row.getString(1), target, context.now(), limit);
    }

    /** Not skipping what another transaction holds: the next one is not the oldest. */
    private List<String> oldest(Session session) throws SQLException {
        long until = request.early() ? Long.MAX_VALUE : context.now();
        List<Waiting> first = session.query(
                OLDEST,
                row -> new Waiting(row.getString(1), row.getObject(2) != null, row.getLong(3)),
                request.target());
        // somebody else may be at one that has become the oldest but for those that were replayed meanwhile
        boolean free = !first.isEmpty() && first.stream().noneMatch(Waiting::taken);
        return free && first.get(0).next() <= until ? List.of(first.get(0).messageId()) : List.of();
    }

    @Override
    void committed() {
        if (taken.isEmpty()) {
            complete(List.of());
        } else if (context.ownership().refusal() != null) {
            // the commit took so long that others may have given this instance up
            release();
            fail(new JournalException("the journal's database answers too slowly"));
        } else {
            try {
                context.helpers().execute(this::completeTaken);
            } catch (RejectedExecutionException e) {
                release();
                fail(new JournalException("the journal's database answers too slowly", e));
            }
        }
    }

    private void completeTaken() {
        List<DueDelivery> due = new ArrayList<>(taken.size());
        try {
            Map<String, Reader.WithBody> messages = context.reader().withBodies(taken);
            for (String id : taken) {
                Reader.WithBody message = messages.get(id);
                if (message != null && message.body() != null) {
                    due.add(new DueDelivery(
                            message.message(), request.target(), attempts(message.message()), message.body()));
                } else if (message != null && message.unreadable() != null) {
                    LOG.error(
                            "message {} target {}: its body can't be read now: {}",
                            id,
                            request.target(),
                            Reasons.of(message.unreadable()));
                    writer.accept(new RecordOperation(context, id, List.of(unreadable()), null));
                } else {
                    LOG.error("message {} target {}: its body is not there", id, request.target());
                    writer.accept(new RecordOperation(context, id, List.of(lost()), null));
                }
            }
        } catch (JournalException e) {
            release();
            fail(e);
            return;
        }
        complete(due);
    }

    private int attempts(StoredMessage message) {
        return message.deliveries().stream()
                .filter(delivery -> delivery.target().equals(request.target()))
                .mapToInt(StoredDelivery::attempts)
                .sum();
    }

    private DeliveryRecord lost() {
        return new DeliveryRecord(
                withoutBody("The message's body is missing in the journal."), DeliveryState.DEAD, null);
    }

    /** What ails the disk, or the process, may pass. */
    private DeliveryRecord unreadable() {
        return new DeliveryRecord(
                withoutBody("The message's body can't be read from the journal."),
                DeliveryState.PENDING,
                context.clock().instant().plus(UNREADABLE_PAUSE));
    }

    private Delivery withoutBody(String reason) {
        Problem problem = Problem.of(ProblemType.INTERNAL_ERROR, reason);
        return new Delivery(request.target(), Outcome.FAILED, 0, Duration.ZERO, 0, null, problem, null);
    }

    private void release() {
        for (String id : taken) {
            writer.accept(new ReleaseOperation(context, id, List.of(request.target())));
        }
    }

    @Override
    @Nullable
    Operation<?> undo() {
        if (taken.isEmpty()) {
            return null;
        }
        List<Operation<?>> releases = new ArrayList<>();
        for (String id : taken) {
            releases.add(new ReleaseOperation(context, id, List.of(request.target())));
        }
        return new Several(releases);
    }

    private static final class Several extends Operation<Void> {
        private final List<Operation<?>> parts;

        Several(List<Operation<?>> parts) {
            this.parts = parts;
        }

        @Override
        void run(Session session) throws SQLException {
            for (Operation<?> part : parts) {
                part.run(session);
            }
        }

        @Override
        void committed() {
            ReleaseOperation.done(this);
        }

        @Override
        boolean isLasting() {
            return true;
        }
    }
}
