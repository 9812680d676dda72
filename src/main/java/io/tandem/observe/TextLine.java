package io.tandem.observe;

import io.tandem.message.Delivery;
import io.tandem.message.MergedReply;
import io.tandem.message.Problem;

/** For people: words between spaces. */
final class TextLine implements AccessFormat {
    @Override
    public String replied(Head head, MergedReply reply) {
        StringBuilder line = start(head).append(reply.policyMet() ? " ok " : " not-met ");
        line.append(head.took().toMillis()).append("ms");
        for (Delivery delivery : reply.deliveries()) {
            line.append(' ')
                    .append(delivery.target())
                    .append('=')
                    .append(delivery.outcome().word());
            line.append('/').append(delivery.status()).append('/').append(delivery.attempts());
            line.append('/').append(delivery.took().toMillis()).append("ms");
            if (delivery.problem() != null) {
                line.append('/').append(delivery.problem().type().word());
            }
        }
        return line.toString();
    }

    @Override
    public String answered(Head head) {
        return start(head)
                .append(' ')
                .append(head.took().toMillis())
                .append("ms")
                .toString();
    }

    @Override
    public String failed(Head head, Problem problem) {
        return start(head)
                .append(' ')
                .append(problem.status())
                .append(' ')
                .append(problem.type().type())
                .toString();
    }

    private static StringBuilder start(Head head) {
        return new StringBuilder(160)
                .append(head.id())
                .append(' ')
                .append(head.entry())
                .append(' ')
                .append(head.outcome());
    }
}
