package io.tandem.app;

import io.netty.util.Timer;
import io.tandem.aggregation.CancelOthers;
import io.tandem.aggregation.CompletionPolicy;
import io.tandem.aggregation.MergeReplies;
import io.tandem.aggregation.OwnMerging;
import io.tandem.aggregation.Shapes;
import io.tandem.config.Settings;
import io.tandem.entry.folder.FolderEntry;
import io.tandem.entry.http.AcceptMessage;
import io.tandem.entry.http.GuaranteedDeliveryPolicy;
import io.tandem.entry.http.HttpReply;
import io.tandem.entry.http.Intake;
import io.tandem.entry.http.ListMessages;
import io.tandem.entry.http.ReplayMessage;
import io.tandem.entry.http.ShowMessage;
import io.tandem.journal.GuaranteedDelivery;
import io.tandem.message.MessageObserver;
import io.tandem.target.DeliveryPolicy;
import io.tandem.target.DeliveryRuntime;
import io.tandem.target.ReadReply;
import io.tandem.target.TargetParts;
import io.tandem.transform.JsltLanguage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What one configuration makes of that which lives long: policy, shape, targets, and all else that routes refer to by
 * name. Sets of routes that run by the same configuration share it. Immutable.
 */
final class Generation {
    /**
     * What outlives configurations.
     *
     * @param intake null: the journal
     */
    record Services(FolderEntry folder, @Nullable Intake intake, Watch watch, Threads threads, Timer timer) {}

    /**
     * Who is told of messages.
     *
     * @param routeMeters null when Camel measures nothing
     */
    record Watch(MessageObserver messages, @Nullable RouteMeters routeMeters) {}

    /**
     * The threads that carry messages.
     *
     * @param branches runs what may block
     * @param merging runs merge strategies of the users' own, which branches wait for
     */
    record Threads(ExecutorService branches, ExecutorService merging) {}

    private final Settings settings;
    private final Targets targets;
    private final GuaranteedDelivery delivery;
    private final CompletionPolicy policy;
    private final Map<String, Object> beans = new HashMap<>();

    Generation(Settings settings, Targets targets, GuaranteedDelivery delivery, Services services) {
        this.settings = settings;
        this.targets = targets;
        this.delivery = delivery;
        this.policy = CompletionPolicy.parse(settings.completion());
        MessageObserver watch = services.watch().messages();
        ExecutorService executor = services.threads().branches();
        beans.put(
                "acceptMessage",
                new AcceptMessage(
                        settings.http().forwardHeaders(),
                        settings.deadline(),
                        watch,
                        exchangesCallersTokens(settings)));
        beans.put(
                "guaranteedDelivery",
                new GuaranteedDeliveryPolicy(
                        delivery, settings.journal(), Branches.spare(executor), services.intake()));
        beans.put("showMessage", new ShowMessage(delivery, services.intake()));
        beans.put("listMessages", new ListMessages(delivery, settings.targets().keySet()));
        beans.put("replayMessage", new ReplayMessage(delivery));
        beans.put("httpReply", new HttpReply(watch));
        beans.put(
                "mergeReplies",
                new MergeReplies(
                        policy,
                        Shapes.of(settings.shape(), settings.compareIgnore()),
                        new OwnMerging(services.threads().merging(), largestReplies(settings))));
        beans.put("branches", new Branches(executor));
        beans.put("jslt", new JsltLanguage());
        if (services.watch().routeMeters() != null) {
            // Camel finds it by its type
            beans.put("routeMeters", services.watch().routeMeters());
        }
        beans.putAll(services.folder().beans(settings.inbox(), settings.deadline(), delivery));
        boolean firstIsEnough =
                settings.completion().equals("first") || settings.shape().equals("first");
        MessageObserver observer = firstIsEnough || settings.cancelLate()
                ? new CancelOthers(
                        watch,
                        firstIsEnough ? new CompletionPolicy.First() : policy,
                        settings.targets().keySet())
                : watch;
        DeliveryRuntime runtime = new DeliveryRuntime(observer, executor, services.timer());
        targets.parts().forEach((name, part) -> {
            beans.put("client-of-" + name, part.client());
            beans.put("reply-of-" + name, new ReadReply(part.settings(), part.client()));
            beans.put(
                    "deliver-to-" + name,
                    new DeliveryPolicy(
                            part.settings(), new TargetParts(part.client(), part.authorizer(), part.guard()), runtime));
        });
    }

    private static long largestReplies(Settings settings) {
        return settings.targets().values().stream()
                .mapToLong(Settings.Target::maxReply)
                .sum();
    }

    private static boolean exchangesCallersTokens(Settings settings) {
        return settings.targets().values().stream()
                .anyMatch(target -> target.auth() instanceof Settings.Auth.OAuth2 oauth2
                        && oauth2.oauth().exchange() != null);
    }

    Settings settings() {
        return settings;
    }

    Targets targets() {
        return targets;
    }

    GuaranteedDelivery delivery() {
        return delivery;
    }

    CompletionPolicy policy() {
        return policy;
    }

    /** What routes refer to, by name. */
    Map<String, Object> beans() {
        return beans;
    }
}
