package io.tandem.entry.http;

import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.MessageQuery;
import io.tandem.journal.MessageState;
import io.tandem.journal.StoredMessage;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers with a page of journaled messages, newest first. In routes: {@code process: listMessages}. Thread-safe. */
public final class ListMessages implements Processor {
    /** Messages on a page, unless the caller says how many. */
    public static final int DEFAULT_LIMIT = 50;

    /** Messages on a page at most. */
    public static final int MAX_LIMIT = 1000;

    private static final Set<String> PARAMETERS = Set.of("state", "target", "limit", "after");

    private final GuaranteedDelivery delivery;
    private final Set<String> targets;

    /** @param targets the names of those there are */
    public ListMessages(GuaranteedDelivery delivery, Set<String> targets) {
        this.delivery = delivery;
        this.targets = Set.copyOf(targets);
    }

    @Override
    public void process(Exchange exchange) {
        HttpRequest request = exchange.getProperty(HttpRequest.PROPERTY, HttpRequest.class);
        Map<String, String> parameters = parameters(request == null ? null : request.query());
        MessageQuery query = query(parameters);
        List<StoredMessage> page = delivery.journal().list(query);
        exchange.getMessage().setBody(MessageDocument.of(page, next(parameters, query, page), delivery::isConfigured));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    private MessageQuery query(Map<String, String> parameters) {
        String state = parameters.get("state");
        MessageState known = state == null ? null : MessageState.named(state);
        if (state != null && known == null) {
            throw ShowMessage.malformed("The parameter state is one of pending, complete, partial, dead.");
        }
        String target = parameters.get("target");
        if (target != null && !targets.contains(target)) {
            throw ShowMessage.malformed("The parameter target is not the name of a target.");
        }
        String after = parameters.get("after");
        if (after != null && !after.matches("[0-9A-Za-z]{26}")) {
            throw ShowMessage.malformed("The parameter after is not the id of a message.");
        }
        return new MessageQuery(
                known, target, after == null ? null : after.toUpperCase(Locale.ROOT), limit(parameters.get("limit")));
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        int limit = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ShowMessage.malformed("The parameter limit is a number from 1 to " + MAX_LIMIT + ".");
        }
        return limit;
    }

    private static @Nullable String next(Map<String, String> parameters, MessageQuery query, List<StoredMessage> page) {
        if (page.size() < query.limit()) {
            return null;
        }
        // all of them were checked: none needs escaping
        StringBuilder next = new StringBuilder("/messages?");
        parameters.forEach((name, value) -> {
            if (!name.equals("after")) {
                next.append(name).append('=').append(value).append('&');
            }
        });
        return next.append("after=").append(page.get(page.size() - 1).id()).toString();
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&")) {
            String[] parts = pair.split("=", 2);
            String name = decoded(parts[0]);
            if (!PARAMETERS.contains(name)) {
                throw ShowMessage.malformed("The parameters are state, target, limit and after.");
            }
            if (parameters.put(name, parts.length == 2 ? decoded(parts[1]) : "") != null) {
                throw ShowMessage.malformed("The parameter " + name + " is given twice.");
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ShowMessage.malformed("The query is not URL-encoded.");
        }
    }
}
