package io.tandem.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.Ulid;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One demo API: takes orders from those who show a token, once for each Idempotency-Key, and misbehaves as it is told.
 * Thread-safe.
 */
final class DemoApi {
    private static final int MAX_KEY = 255;
    private static final int MAX_SHOWN_ID = 64;
    private static final String BEARER = "Bearer ";

    private final String name;
    private final AccessTokens tokens;
    private final Clock clock;
    private final BiFunction<String, OrderRequest, ObjectNode> confirmation;
    private final OrderBook orders = new OrderBook();
    private final Ledger ledger = new Ledger();
    private volatile Behaviour behaviour;

    private DemoApi(
            String name,
            DemoSettings.Api settings,
            AccessTokens tokens,
            Clock clock,
            BiFunction<String, OrderRequest, ObjectNode> confirmation) {
        this.name = name;
        this.tokens = tokens;
        this.clock = clock;
        this.confirmation = confirmation;
        this.behaviour = Behaviour.of(settings);
    }

    /** A shop that confirms orders. */
    static DemoApi one(DemoSettings.Api settings, AccessTokens tokens, Clock clock) {
        return new DemoApi(Demo.API_ONE, settings, tokens, clock, (id, request) -> {
            ObjectNode json =
                    Reply.JSON.createObjectNode().put("orderId", "order-" + id).put("status", "accepted");
            json.putObject("received").put("bytes", request.bytes()).put("contentType", request.contentType());
            return json.put("messageId", request.messageId());
        });
    }

    /** A warehouse that plans shipments. */
    static DemoApi two(DemoSettings.Api settings, AccessTokens tokens, Clock clock) {
        return new DemoApi(Demo.API_TWO, settings, tokens, clock, (id, request) -> {
            ObjectNode json = Reply.JSON.createObjectNode();
            json.putObject("shipment").put("id", "shipment-" + id).put("state", "planned");
            return json.put("bytesReceived", request.bytes()).put("reference", request.messageId());
        });
    }

    String name() {
        return name;
    }

    /**
     * Lets a request in, and draws its fate.
     *
     * @throws Refusal when it shows no good token
     */
    Behaviour.Lot receive(OrderRequest request) {
        Behaviour current = behaviour;
        checkToken(request, current);
        String key = request.idempotencyKey();
        if (key != null && key.length() > MAX_KEY) {
            throw refused(
                    request,
                    "malformed",
                    Reply.error(400, "invalid_request", "An Idempotency-Key has at most " + MAX_KEY + " characters."));
        }
        Behaviour.Lot lot = current.draw(ThreadLocalRandom.current());
        if (lot.fate() == Behaviour.Fate.HANG) {
            record(request, 0, "hanging");
        }
        return lot;
    }

    /**
     * Answers a request that was let in, as its fate wants it.
     *
     * @throws Refusal when it is to fail
     */
    Reply answer(OrderRequest request, Behaviour.Fate fate) {
        if (fate == Behaviour.Fate.FAIL || fate == Behaviour.Fate.HANG) {
            String what = fate == Behaviour.Fate.FAIL ? "failed" : "hung";
            throw refused(request, what, Reply.error(503, "unavailable", "The demo API was told to fail."));
        }
        OrderBook.Taken taken = orders.take(
                request.idempotencyKey(),
                () -> Reply.json(200, confirmation.apply(Ulid.fast().toString(), request)));
        boolean garbled = fate == Behaviour.Fate.GARBLE;
        record(
                request,
                taken.reply().status(),
                (taken.repeated() ? "repeated" : "accepted") + (garbled ? ", garbled" : ""));
        return garbled ? taken.reply().cutOff() : taken.reply();
    }

    Reply behaviour() {
        return Reply.json(200, behaviour.toJson());
    }

    /** @throws Refusal when the change is not understood */
    synchronized Reply behave(byte[] change) {
        behaviour = behaviour.changedBy(change);
        return behaviour();
    }

    Reply ledger() {
        return Reply.json(200, ledger.toJson());
    }

    private void checkToken(OrderRequest request, Behaviour current) {
        String authorization = request.authorization();
        if (authorization == null) {
            // RFC 6750 §3.1: who shows no token is told no error code
            throw unauthorized(request, "no token", "Bearer realm=\"" + name + "\"");
        }
        boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        boolean valid = bearer
                && tokens.isValid(authorization.substring(BEARER.length()).strip(), name);
        if (!valid || current.mode() == Behaviour.Mode.REFUSE_TOKEN) {
            throw unauthorized(request, "bad token", "Bearer error=\"invalid_token\", realm=\"" + name + "\"");
        }
    }

    private Refusal unauthorized(OrderRequest request, String what, String challenge) {
        Reply reply = Reply.error(401, "invalid_token", "A valid access token for " + name + " is required.");
        return refused(request, what, reply.with("WWW-Authenticate", challenge));
    }

    private Refusal refused(OrderRequest request, String what, Reply reply) {
        record(request, reply.status(), what);
        return new Refusal(reply);
    }

    private void record(OrderRequest request, int status, String what) {
        ledger.add(new Ledger.Entry(
                clock.instant(),
                shortened(request.idempotencyKey(), MAX_KEY),
                shortened(request.messageId(), MAX_SHOWN_ID),
                request.bytes(),
                status,
                what));
    }

    private static @Nullable String shortened(@Nullable String text, int most) {
        return text == null || text.length() <= most ? text : text.substring(0, most);
    }
}
