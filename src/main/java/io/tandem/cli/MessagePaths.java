package io.tandem.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Where things are in a running Tandem. */
final class MessagePaths {
    static final String MESSAGES = "/messages";

    private MessagePaths() {}

    static String message(String id) {
        return MESSAGES + "/" + encoded(id);
    }

    static String replay(String id) {
        return message(id) + "/replay";
    }

    static String messages(Map<String, String> query) {
        return MESSAGES + "?"
                + query.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                        .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
