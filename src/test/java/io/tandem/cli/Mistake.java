package io.tandem.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A mistake of the catalogue.
 *
 * @param edit by file: what is put in place of what; or, of a new file, its text
 * @param in the file that is named
 * @param at the text at which line and column point
 * @param severity error, warning or hint
 */
record Mistake(String name, Map<String, Object> edit, String in, String at, String severity, String says) {
    private static final Map<String, String> FILES = Map.of(
            "http", "routes/1-receive-http.camel.yaml",
            "folder", "routes/1-receive-folder.camel.yaml",
            "scatter", "routes/2-scatter-gather.camel.yaml",
            "kamelet", "routes/kamelets/deliver.kamelet.yaml",
            "call", "routes/kamelets/call.kamelet.yaml",
            "properties", "application.properties");

    static List<Mistake> catalogue() {
        try (InputStream text = Mistake.class.getResourceAsStream("/mistakes/catalogue.yaml")) {
            List<?> mistakes = (List<?>) new Load(LoadSettings.builder().build()).loadFromInputStream(text);
            return mistakes.stream().map(Mistake::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mistake of(Object entry) {
        Map<?, ?> mistake = (Map<?, ?>) entry;
        Map<String, Object> edit = new LinkedHashMap<>();
        ((Map<?, ?>) mistake.get("edit"))
                .forEach((file, change) -> edit.put(FILES.getOrDefault((String) file, (String) file), change));
        Object in = mistake.get("in");
        Object is = mistake.get("is");
        return new Mistake(
                (String) mistake.get("name"),
                edit,
                in == null ? edit.keySet().iterator().next() : FILES.getOrDefault((String) in, (String) in),
                (String) mistake.get("at"),
                is == null ? "error" : (String) is,
                (String) mistake.get("says"));
    }

    void plant(CheckedFolder folder) {
        edit.forEach((file, change) -> {
            if (change instanceof Map<?, ?> replacements) {
                replacements.forEach((right, wrong) -> folder.plant(file, (String) right, (String) wrong));
            } else {
                folder.write(file, (String) change);
            }
        });
    }

    boolean inRoutes() {
        return in.endsWith(".camel.yaml");
    }

    @Override
    public String toString() {
        return name;
    }
}
