package io.tandem.support;

import io.tandem.caller.NewCredential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Callers that a Tandem under test knows. */
public final class Callers {
    private static final NewCredential CREDENTIALS = new NewCredential();

    /** May send. */
    public static final String SHOP_KEY = CREDENTIALS.key();

    /** May see messages. */
    public static final String READER_KEY = CREDENTIALS.key();

    /** May do everything. */
    public static final String OPERATOR_KEY = CREDENTIALS.key();

    /** Of the user ann, who may do everything. */
    public static final String PASSWORD = "päss:word, long";

    private static final String LIST = String.join(
            "\n",
            CREDENTIALS.ofKey("shop", SHOP_KEY, List.of()).line(),
            CREDENTIALS.ofKey("reader", READER_KEY, List.of("messages.read")).line(),
            CREDENTIALS
                    .ofKey("operator", OPERATOR_KEY, List.of("messages.write", "messages.read", "messages.replay"))
                    .line(),
            CREDENTIALS
                    .ofPassword(
                            "ann",
                            PASSWORD.toCharArray(),
                            List.of("messages.write", "messages.read", "messages.replay"))
                    .line());

    private Callers() {}

    /** What {@code tandem.auth.callers} says. */
    public static String list() {
        return LIST;
    }

    /** Settings by which these callers are asked who they are, and are answered however busy the machine is. */
    public static Map<String, String> settings(String auth) {
        return new HashMap<>(Map.of(
                "tandem.auth", auth,
                "tandem.auth.callers", LIST,
                "tandem.deadline", "30s",
                "target.api-one.timeout", "20s",
                "target.api-two.timeout", "20s"));
    }

    /** The value of an {@code Authorization} header. */
    public static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
