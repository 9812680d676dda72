package io.tandem.demo;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** A demo API on HTTP: {@code POST /orders} is what Tandem calls, the rest is for people who play with it. */
final class ApiRoutes extends PartyRoutes {
    /** What it wants to know of a request's head. */
    static final Set<String> HEADERS = Set.of("Authorization", "Idempotency-Key", "Tandem-Message-Id");

    private static final String REQUEST = "DemoRequest";
    private static final String LOT = "DemoLot";

    private final DemoApi api;
    private final Pause latency;

    ApiRoutes(DemoApi api, ScheduledExecutorService timer) {
        super(api.name());
        this.api = api;
        this.latency = new Pause(timer, ApiRoutes::pause);
    }

    @Override
    public void configure() {
        answerRefusals();

        listen("POST", "/orders")
                .routeDescription("Takes an order from whom shows a good token, or does what it was told to do instead")
                .process(this::receive)
                .process(latency)
                .process(reply(
                        exchange -> api.answer(request(exchange), lot(exchange).fate())));

        listen("GET", "/ledger")
                .routeDescription("Shows what was received lately")
                .process(reply(exchange -> api.ledger()));

        listen("GET", "/behaviour")
                .routeDescription("Shows how it behaves")
                .process(reply(exchange -> api.behaviour()));

        listen("PUT", "/behaviour")
                .routeDescription("Changes how it behaves")
                .process(reply(exchange -> api.behave(body(exchange))));
    }

    @Override
    void release() {
        latency.end();
    }

    private void receive(Exchange exchange) {
        Message in = exchange.getMessage();
        OrderRequest request = new OrderRequest(
                in.getHeader("Authorization", String.class),
                in.getHeader("Idempotency-Key", String.class),
                in.getHeader("Tandem-Message-Id", String.class),
                in.getHeader(Exchange.CONTENT_TYPE, String.class),
                body(exchange).length);
        // many may wait for long: without their bodies
        in.setBody(null);
        exchange.setProperty(REQUEST, request);
        exchange.setProperty(LOT, api.receive(request));
    }

    private static OrderRequest request(Exchange exchange) {
        return exchange.getProperty(REQUEST, OrderRequest.class);
    }

    private static Behaviour.Lot lot(Exchange exchange) {
        return exchange.getProperty(LOT, Behaviour.Lot.class);
    }

    private static Duration pause(Exchange exchange) {
        return lot(exchange).pause();
    }
}
