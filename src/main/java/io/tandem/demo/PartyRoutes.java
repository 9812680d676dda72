package io.tandem.demo;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;

/** What the routes of all demo parties have in common: they listen on HTTP, and answer with a {@link Reply}. */
abstract class PartyRoutes extends RouteBuilder {
    private final String party;

    PartyRoutes(String party) {
        this.party = party;
    }

    /** The caller is told of refusals, and nobody of their stack traces. */
    final void answerRefusals() {
        errorHandler(defaultErrorHandler().logExhausted(false).logExhaustedMessageHistory(false));
        onException(Refusal.class)
                .handled(true)
                .process(exchange -> write(
                        exchange,
                        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Refusal.class)
                                .reply()));
    }

    final RouteDefinition listen(String method, String path) {
        return from("platform-http:" + path + "?httpMethodRestrict=" + method)
                .routeId(party + "-" + method.toLowerCase(Locale.ROOT) + path.replace('/', '-'));
    }

    /** A step that makes the reply. */
    static Processor reply(Function<Exchange, Reply> answer) {
        return exchange -> write(exchange, answer.apply(exchange));
    }

    static byte[] body(Exchange exchange) {
        return exchange.getMessage().getBody(byte[].class);
    }

    private static void write(Exchange exchange, Reply reply) {
        Message out = exchange.getMessage();
        out.removeHeaders("*");
        out.setHeader(Exchange.HTTP_RESPONSE_CODE, reply.status());
        out.setHeader(Exchange.CONTENT_TYPE, "application/json");
        reply.headers().forEach(out::setHeader);
        out.setBody(reply.body().getBytes(StandardCharsets.UTF_8));
    }

    /** Ends what the routes wait for; before they are stopped. */
    void release() {}
}
