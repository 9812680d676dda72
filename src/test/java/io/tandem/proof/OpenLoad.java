package io.tandem.proof;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Messages at a steady rate, or when a plan says, however slow the answers are. Times count from the moment at which a message was due and
 * not from when it could be sent, so that a pause shows in all messages that it kept waiting. On one event loop; what
 * came of a message may be asked for from any thread once it is {@linkplain #isOver over}.
 */
public final class OpenLoad {
    /** Shorter than Tandem's own, so that it never closes a connection on which a message is on its way. */
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final NetClient client;
    private final int port;
    private final Plan plan;
    private final Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();
    private final long[] took;
    private final long[] waited;
    private final int[] statuses;
    private final Deque<Sender> idle = new ArrayDeque<>();
    private final Deque<Integer> due = new ArrayDeque<>();
    private final long start = System.nanoTime() + 100_000_000L;
    private int open;
    private volatile int sent;
    private volatile int done;

    /**
     * What is sent.
     *
     * @param due by message: when it is sent, in nanoseconds from the start, ascending
     * @param messages how many there are
     * @param connections at most: a message that finds none free waits for one
     * @param headers of each request, each with its line break
     * @param body of the message with that number, in ASCII
     * @param listener is told of each answer, on the event loop
     */
    public record Plan(
            IntToLongFunction due,
            int messages,
            int connections,
            String headers,
            IntFunction<String> body,
            AnswerListener listener) {
        public static Plan of(int perSecond, int messages) {
            return of(number -> number * 1_000_000_000L / perSecond, messages);
        }

        public static Plan of(IntToLongFunction due, int messages) {
            return new Plan(due, messages, 1000, "", LoadTarget::body, (number, status, body) -> {});
        }

        public Plan withHeaders(String lines) {
            return new Plan(due, messages, connections, lines, body, listener);
        }

        public Plan withConnections(int most) {
            return new Plan(due, messages, most, headers, body, listener);
        }

        public Plan withBodies(IntFunction<String> bodies, AnswerListener told) {
            return new Plan(due, messages, connections, headers, bodies, told);
        }
    }

    /** Is told of answers. */
    public interface AnswerListener {
        /** @param status 0: there was none, the connection broke */
        void answered(int number, int status, String body);
    }

    public OpenLoad(Vertx vertx, int port, Plan plan) {
        this.client = vertx.createNetClient();
        this.port = port;
        this.plan = plan;
        this.took = new long[plan.messages()];
        this.waited = new long[plan.messages()];
        this.statuses = new int[plan.messages()];
        vertx.getOrCreateContext()
                .runOnContext(now -> vertx.setPeriodic(1, id -> {
                    sendDue();
                    if (sent == plan.messages()) {
                        vertx.cancelTimer(id);
                    }
                }));
    }

    /** When a message is due, by {@link System#nanoTime}. */
    public long due(int number) {
        return start + plan.due().applyAsLong(number);
    }

    /** How many have become due. */
    public int sent() {
        return sent;
    }

    /** Whether all have been sent and answered. */
    public boolean isOver() {
        return done == plan.messages();
    }

    /** How many got which answer; 0: none, the connection broke. */
    public Map<Integer, Integer> answers() {
        return Map.copyOf(answers);
    }

    /** What a message was answered; 0: nothing, the connection broke. Once all is {@linkplain #isOver over}. */
    public int status(int number) {
        return statuses[number];
    }

    /** From due to answered, in nanoseconds. Once all is {@linkplain #isOver over}. */
    public long took(int number) {
        return took[number];
    }

    /** From sent to answered, in nanoseconds; 0: it could not be sent. Once all is {@linkplain #isOver over}. */
    public long waited(int number) {
        return waited[number];
    }

    private void sendDue() {
        while (sent < plan.messages() && System.nanoTime() - due(sent) >= 0) {
            int number = sent;
            sent = number + 1;
            Sender sender = idle();
            if (sender != null) {
                sender.send(number);
            } else {
                due.add(number);
                if (open < plan.connections()) {
                    connect();
                }
            }
        }
    }

    private @Nullable Sender idle() {
        Sender latest = idle.pollLast();
        if (latest != null && System.nanoTime() - latest.idleSince > KEEP_ALIVE_NANOS) {
            // the others have been idle for longer
            open -= idle.size() + 1;
            latest.caller.close();
            idle.forEach(sender -> sender.caller.close());
            idle.clear();
            return null;
        }
        return latest;
    }

    private void connect() {
        open++;
        client.connect(port, "127.0.0.1")
                .onSuccess(socket -> new Sender(socket).next())
                .onFailure(e -> {
                    open--;
                    Integer number = due.poll();
                    if (number != null) {
                        answered(number, 0, "");
                    }
                });
    }

    private void answered(int number, int status, String body) {
        took[number] = System.nanoTime() - due(number);
        statuses[number] = status;
        answers.merge(status, 1, Integer::sum);
        plan.listener().answered(number, status, body);
        done = done + 1;
        if (done == plan.messages()) {
            client.close();
        }
    }

    private final class Sender implements Caller.Listener {
        private static final int NONE = -1;

        private final Caller caller;
        private int number = NONE;
        private long sentAt;
        private long idleSince;

        Sender(NetSocket socket) {
            caller = new Caller(socket, this);
        }

        void send(int message) {
            number = message;
            sentAt = System.nanoTime();
            caller.send(Caller.post(plan.headers(), plan.body().apply(message)));
        }

        void next() {
            Integer message = due.poll();
            if (message == null) {
                idleSince = System.nanoTime();
                idle.add(this);
            } else {
                send(message);
            }
        }

        @Override
        public void answered(int status, String body, boolean stays) {
            int message = number;
            number = NONE;
            waited[message] = System.nanoTime() - sentAt;
            OpenLoad.this.answered(message, status, body);
            if (stays) {
                next();
            } else {
                gone();
            }
        }

        @Override
        public void closed() {
            if (number == NONE) {
                idle.remove(this);
            } else {
                waited[number] = System.nanoTime() - sentAt;
                OpenLoad.this.answered(number, 0, "");
            }
            gone();
        }

        private void gone() {
            open--;
            if (!due.isEmpty()) {
                connect();
            }
        }
    }
}
