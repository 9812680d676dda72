package io.tandem.demo;

import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** The demo authorization server on HTTP. */
final class AuthorizationServerRoutes extends PartyRoutes {
    /** What it wants to know of a request's head. */
    static final Set<String> HEADERS = Set.of("Authorization");

    private final TokenEndpoint tokens;

    AuthorizationServerRoutes(TokenEndpoint tokens) {
        super(Demo.AUTHORIZATION_SERVER);
        this.tokens = tokens;
    }

    @Override
    public void configure() {
        answerRefusals();

        listen("POST", "/token")
                .routeDescription("Gives an access token for a client's credentials")
                .process(reply(this::token));
    }

    private Reply token(Exchange exchange) {
        Message in = exchange.getMessage();
        return tokens.answer(
                in.getHeader(Exchange.CONTENT_TYPE, String.class),
                in.getHeader("Authorization", String.class),
                body(exchange));
    }
}
