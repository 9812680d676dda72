package io.tandem.target;

import io.tandem.config.Settings;
import io.tandem.message.Message;
import io.tandem.target.Authorizer.Authorization;
import java.net.URI;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/** Makes the message that goes to a target: a fresh one with just the headers it shall see. */
final class OutboundRequest {
    static final String MESSAGE_ID = "Tandem-Message-Id";

    private final Settings.Target target;

    @Nullable
    private final String query;

    OutboundRequest(Settings.Target target) {
        this.target = target;
        this.query = URI.create(target.url()).getRawQuery();
    }

    DefaultMessage create(
            CamelContext context,
            Message message,
            @Nullable Object body,
            @Nullable String contentType,
            @Nullable Authorization authorization) {
        DefaultMessage out = new DefaultMessage(context);
        out.setBody(body);
        Map<String, Object> headers = out.getHeaders();
        headers.putAll(message.headers());
        headers.putAll(target.headers());
        if (contentType != null && VerbatimHeaders.isReadable(contentType)) {
            headers.put(Exchange.CONTENT_TYPE, contentType);
        }
        if (authorization != null) {
            headers.put(authorization.name(), authorization.value());
        }
        headers.put("Idempotency-Key", message.idempotencyKey(target.name()));
        headers.put(MESSAGE_ID, message.id());
        if (query != null) {
            headers.put(Exchange.HTTP_RAW_QUERY, query);
        }
        return out;
    }

    /** Those headers of the message that camel-http would not send as they are. */
    VerbatimHeaders verbatim(Message message, @Nullable String contentType) {
        return VerbatimHeaders.of(contentType, message.headers(), target.headers());
    }
}
