package io.tandem.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The tables that long runs print, and leave beside the jar. */
public final class Report {
    private Report() {}

    /** @param file its name; what is there already is kept */
    public static synchronized void add(String file, String header, String... rows) throws IOException {
        String text = header + "\n" + String.join("\n", rows) + "\n\n";
        System.out.printf("%n%s", text);
        Path path = Instance.JAR.resolveSibling(file);
        Files.writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
