package io.tandem.fire;

import io.tandem.proof.LoadTarget;
import java.util.HashMap;
import java.util.Map;

/** Settings of a Tandem between two targets. */
final class Neighbours {
    private Neighbours() {}

    static Map<String, String> settings(LoadTarget... targets) {
        Map<String, String> settings = new HashMap<>();
        for (LoadTarget target : targets) {
            settings.putAll(target.settings());
        }
        settings.put("tandem.inbox.enabled", "false");
        return settings;
    }

    static Map<String, String> settings(String target, String url) {
        return Map.of(
                "target." + target + ".url",
                url,
                "target." + target + ".auth",
                "none",
                "tandem.inbox.enabled",
                "false");
    }
}
