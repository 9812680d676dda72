package io.tandem.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The table that long runs print, and leave beside the jar. */
final class Report {
    private static final Path FILE = Instance.JAR.resolveSibling("crash.txt");

    private Report() {}

    static synchronized void add(String header, String... rows) throws IOException {
        String text = header + "\n" + String.join("\n", rows) + "\n\n";
        System.out.printf("%n%s", text);
        Files.writeString(FILE, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
