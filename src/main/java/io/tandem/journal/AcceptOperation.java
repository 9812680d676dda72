package io.tandem.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a new message and its deliveries. */
final class AcceptOperation extends Operation<Acceptance> {
    private static final String INSERT_MESSAGE =
            """
            insert into message (id, entry, idem_key, body_hash, content_type, headers, traceparent, body, body_file,
              size, state, received_at, reply_to)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
            on conflict (idem_key) where idem_key is not null do nothing""";

    private static final String INSERT_DELIVERY =
            """
            insert into delivery (message_id, target, state, owner, next_attempt, attempts) values (?, ?, 0, ?, ?, 0)""";

    // Two instances that write the same keys would wait for each other for good if each had its own order
    private static final Comparator<AcceptOperation> BY_KEY =
            Comparator.comparing(operation -> operation.message.key(), Comparator.nullsFirst(String::compareTo));

    private final Context context;
    private final NewMessage message;
    private final byte[] hash;
    private final long received;
    private final boolean inFile;
    private boolean known;

    AcceptOperation(Context context, NewMessage message) {
        this.context = context;
        this.message = message;
        this.hash = BodyHash.of(message.body(), message.contentType());
        this.received = context.now();
        this.inFile = context.bodies().keeps(message.body().length);
    }

    /** Whether the body has to be written to a file before. */
    boolean isInFile() {
        return inFile;
    }

    NewMessage message() {
        return message;
    }

    @Override
    int bytes() {
        return inFile ? 0 : message.body().length;
    }

    @Override
    void run(Session session) throws SQLException {
        runAll(session, List.of(this));
    }

    static void runAll(Session session, List<AcceptOperation> operations) throws SQLException {
        List<AcceptOperation> ordered = operations;
        if (session.dialect() != Dialect.SQLITE) {
            ordered = new ArrayList<>(operations);
            ordered.sort(BY_KEY);
        }
        PreparedStatement messages = session.statement(INSERT_MESSAGE);
        for (AcceptOperation operation : ordered) {
            operation.addMessage(messages);
        }
        int[] written = messages.executeBatch();
        PreparedStatement deliveries = session.statement(INSERT_DELIVERY);
        boolean any = false;
        for (int i = 0; i < written.length; i++) {
            AcceptOperation operation = ordered.get(i);
            operation.known = written[i] == 0;
            if (written[i] == Statement.SUCCESS_NO_INFO) {
                throw new IllegalStateException("the driver does not tell which messages it has written");
            }
            if (!operation.known) {
                operation.addDeliveries(deliveries);
                any = true;
            }
        }
        if (any) {
            deliveries.executeBatch();
        }
    }

    private void addMessage(PreparedStatement insert) throws SQLException {
        insert.setString(1, message.id());
        insert.setString(2, message.entry());
        insert.setString(3, message.key());
        insert.setBytes(4, hash);
        insert.setString(5, message.contentType());
        insert.setString(6, HeadersJson.write(message.headers()));
        insert.setString(7, message.traceparent());
        insert.setBytes(8, inFile ? null : message.body());
        insert.setInt(9, inFile ? 1 : 0);
        insert.setInt(10, message.body().length);
        insert.setLong(11, received);
        insert.setString(12, message.replyTo() == null ? null : HeadersJson.write(message.replyTo()));
        insert.addBatch();
    }

    private void addDeliveries(PreparedStatement insert) throws SQLException {
        for (String target : message.targets()) {
            insert.setString(1, message.id());
            insert.setString(2, target);
            if (message.taken().contains(target)) {
                insert.setLong(3, context.ownership().id());
            } else {
                insert.setNull(3, Types.BIGINT);
            }
            insert.setLong(4, received);
            insert.addBatch();
        }
    }

    @Override
    void committed() {
        if (known) {
            if (inFile) {
                context.bodies().remove(message.id());
            }
            context.helpers().execute(this::completeKnown);
            return;
        }
        context.counts().addMessage(1);
        Instant at = Instant.ofEpochMilli(received);
        for (String target : message.targets()) {
            context.counts().added(target, at);
        }
        complete(new Acceptance.Fresh());
    }

    private void completeKnown() {
        try {
            Reader.Keyed keyed = message.key() == null ? null : context.reader().findByKey(message.key());
            if (keyed == null) {
                // its retention ended in this very moment
                fail(new JournalException("the message with the same key has just been forgotten: hand it in again"));
            } else {
                complete(new Acceptance.Known(keyed.message(), Arrays.equals(keyed.bodyHash(), hash)));
            }
        } catch (JournalException e) {
            fail(e);
        }
    }

    @Override
    @Nullable
    Operation<?> undo() {
        // by the key, another instance may have told somebody meanwhile that it is accepted: then it must not go again
        return message.key() != null && context.ownership().isShared()
                ? new ReleaseOperation(context, message.id(), message.taken())
                : new ForgetOperation(context, message);
    }
}
