package io.tandem.cases;

import io.tandem.config.StandIns;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Writes the first case of a new target: that it gets the message with its credentials, and is answered for. */
public final class TargetCase {
    private TargetCase() {}

    /**
     * The text of the case file; it passes as it is.
     *
     * @param url of the target
     * @param auth as in {@code target.<name>.auth}
     * @param entry the path that callers send messages to
     */
    public static String text(String name, String url, String auth, String entry) {
        StringBuilder text = new StringBuilder(
                """
                description: %1$s gets the message, and what it answers is in the merged reply.
                settings:
                  tandem.completion: all
                  tandem.shape: collect
                request:
                  path: %2$s
                """
                        .formatted(name, entry));
        if (auth.equals("token-exchange")) {
            text.append("  headers: {Authorization: Bearer token-of-the-caller}\n");
        }
        text.append(
                """
                  body: {hello: %1$s}
                targets:
                  %1$s:
                    reply: {status: 200, body: {from: %1$s}}
                    received:
                      count: 1
                      path: "%2$s"
                """
                        .formatted(name, path(url)));
        String authorization = authorization(name, auth);
        if (authorization != null) {
            text.append("      headers: {Authorization: ").append(authorization).append("}\n");
        }
        return text.append(
                        """
                expect:
                  status: 200
                  body:
                    replies:
                      %1$s: {outcome: delivered, body: {from: %1$s}}
                """
                                .formatted(name))
                .toString();
    }

    /** With the query, as a target sees it. */
    private static String path(String url) {
        URI uri = URI.create(url);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static @Nullable String authorization(String name, String auth) {
        return switch (auth) {
            case "none" -> null;
            case "basic" -> "\"@regex:Basic .+\"";
            case "api-key" -> StandIns.secret(name);
            default -> "Bearer " + StubTokens.token(name);
        };
    }
}
