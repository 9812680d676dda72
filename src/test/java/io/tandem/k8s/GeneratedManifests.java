package io.tandem.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Writes the files in {@code routes/} into the manifests, since kustomize can't put a file into a custom resource. */
final class GeneratedManifests {
    static final String COMMAND = "mvn test -Dtest=IntegrationSourcesTest -Dregenerate=true";

    private static final String SOURCES = "\n  sources:\n";

    private GeneratedManifests() {}

    static void write() {
        write(Manifests.INTEGRATION, integration(Manifests.text(Manifests.INTEGRATION)));
        write(Manifests.KAMELETS, kamelets());
    }

    /** All but the sources, which are the last part of the file, is kept as it is. */
    private static String integration(String current) {
        int end = current.indexOf(SOURCES);
        if (end < 0) {
            throw new IllegalStateException("%s has no sources".formatted(Manifests.INTEGRATION));
        }
        return current.substring(0, end)
                + SOURCES
                + Manifests.routeFiles().stream()
                        .map(file ->
                                "    - name: %s\n      content: |\n%s".formatted(file.getFileName(), block(file, 8)))
                        .collect(Collectors.joining());
    }

    private static String kamelets() {
        return """
                # The files in routes/kamelets, mounted beside the sources of the Integration. Generated:
                # %s
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: tandem-kamelets
                  labels:
                    app.kubernetes.io/name: tandem
                    camel.apache.org/integration: tandem
                data:
                """
                        .formatted(COMMAND)
                + Manifests.kameletFiles().stream()
                        .map(file -> "  %s: |\n%s".formatted(file.getFileName(), block(file, 4)))
                        .collect(Collectors.joining());
    }

    /** The content of a YAML literal block. */
    private static String block(Path file, int indent) {
        String text = Manifests.text(file);
        if (text.isBlank() || Character.isWhitespace(text.charAt(0)) || !text.endsWith("\n") || text.endsWith("\n\n")) {
            throw new IllegalStateException(
                    "%s must start with a character and end with exactly one line break".formatted(file));
        }
        String margin = " ".repeat(indent);
        return text.lines()
                .map(line -> line.isEmpty() ? "\n" : margin + line + "\n")
                .collect(Collectors.joining());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
