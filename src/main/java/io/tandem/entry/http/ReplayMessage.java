package io.tandem.entry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.journal.DeliveryState;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.journal.StoredDelivery;
import io.tandem.journal.StoredMessage;
import io.tandem.message.Problem;
import io.tandem.message.ProblemException;
import io.tandem.message.ProblemType;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Has the undelivered deliveries of a journaled message tried again. In routes: {@code process: replayMessage}.
 * Thread-safe.
 */
public final class ReplayMessage extends AsyncProcessorSupport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GuaranteedDelivery delivery;

    public ReplayMessage(GuaranteedDelivery delivery) {
        this.delivery = delivery;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            String id = ShowMessage.id(exchange);
            StoredMessage message = delivery.journal().find(id);
            if (message == null) {
                throw ShowMessage.unknown();
            }
            Set<String> only = configured(targets(exchange.getMessage().getBody(byte[].class), message), message);
            delivery.replay(id, only).whenComplete((pending, failure) -> {
                try {
                    answer(exchange, id, pending, failure);
                } catch (RuntimeException e) {
                    exchange.setException(e);
                }
                callback.done(false);
            });
            return false;
        } catch (RuntimeException | IOException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    /** @return those of the named targets; null when all may be tried */
    private @Nullable Set<String> configured(@Nullable Set<String> named, StoredMessage message) {
        Set<String> undelivered = message.deliveries().stream()
                .filter(one -> one.state() == DeliveryState.PENDING || one.state() == DeliveryState.DEAD)
                .map(StoredDelivery::target)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> removed = new TreeSet<>(named == null ? undelivered : named);
        removed.removeIf(delivery::isConfigured);
        if (removed.isEmpty()) {
            return named;
        }
        undelivered.removeAll(removed);
        if (named != null || undelivered.isEmpty()) {
            throw new ProblemException(Problem.of(
                    ProblemType.TARGET_REMOVED,
                    "There is no target " + String.join(", ", removed)
                            + " any more: configure it again, and what waits for it goes on."));
        }
        return undelivered;
    }

    private void answer(Exchange exchange, String id, @Nullable Set<String> pending, @Nullable Throwable failure) {
        if (failure != null) {
            throw new ProblemException(Problem.of(ProblemType.JOURNAL_UNAVAILABLE, "Nothing is tried again now."));
        }
        StoredMessage message = pending == null ? null : delivery.journal().find(id);
        if (message == null) {
            throw ShowMessage.unknown();
        }
        exchange.getMessage().setBody(MessageDocument.of(message, delivery::isConfigured));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
        exchange.getMessage().setHeader("Location", "/messages/" + id);
    }

    private static @Nullable Set<String> targets(byte @Nullable [] body, StoredMessage message) throws IOException {
        if (body == null || body.length == 0) {
            return null;
        }
        AcceptMessage.requireJson(body);
        JsonNode document = JSON.readTree(body);
        JsonNode named = document.path("targets");
        if (document.isObject() && document.isEmpty()) {
            return null;
        }
        Set<String> known =
                message.deliveries().stream().map(delivery -> delivery.target()).collect(Collectors.toSet());
        Set<String> targets = new LinkedHashSet<>();
        for (JsonNode name : named) {
            if (!name.isTextual() || !known.contains(name.textValue())) {
                throw malformed(message);
            }
            targets.add(name.textValue());
        }
        if (!named.isArray() || targets.isEmpty() || document.size() != 1) {
            throw malformed(message);
        }
        return targets;
    }

    private static ProblemException malformed(StoredMessage message) {
        return ShowMessage.malformed("The body is empty, or {\"targets\":[…]} with names of "
                + message.deliveries().stream()
                        .map(delivery -> delivery.target())
                        .collect(Collectors.joining(", ")) + ".");
    }
}
