package io.tandem.k8s;

import io.tandem.caller.NewCredential;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Secret of the example, with something for each of its placeholders. */
final class ExampleSecret {
    private static final NewCredential CALLER = new NewCredential();
    private static final String KEY = CALLER.key();

    private ExampleSecret() {}

    /** The key of the only caller. */
    static String key() {
        return KEY;
    }

    static Map<String, String> filled() {
        Map<String, String> filled = new LinkedHashMap<>();
        Manifests.read(Manifests.SECRET_EXAMPLE)
                .path("stringData")
                .propertyNames()
                .forEach(key -> filled.put(key, "s3cr3t"));
        filled.put("tandem.auth.callers", CALLER.ofKey("shop", KEY, List.of()).line());
        return filled;
    }
}
