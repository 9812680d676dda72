package io.tandem.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the keys that texts refer to, as <code>{{key}}</code> or Camel's <code>${properties:key}</code>. */
final class References {
    private static final Pattern REFERENCE =
            Pattern.compile("(?:\\{\\{\\s*[?!]?\\s*|\\$\\{properties:|\\$simple\\{properties:)([^\\s:{}]+)");

    // Far more than a route file needs; keeps a stray archive in the folder from being read into memory
    private static final long MAX_FILE = 4 * 1024 * 1024;

    private References() {}

    static Set<String> in(String text) {
        Set<String> keys = new HashSet<>();
        Matcher matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
            keys.add(matcher.group(1));
        }
        return keys;
    }

    /** Of all files under a folder. Whether they are good routes is not judged here. */
    static Set<String> inFiles(Path folder) {
        Set<String> keys = new HashSet<>();
        for (Path file : FileTree.files(folder)) {
            keys.addAll(in(read(file)));
        }
        return keys;
    }

    static Set<String> inValues(Iterable<RawValue> values) {
        Set<String> keys = new HashSet<>();
        for (RawValue value : values) {
            if (!value.literal()) {
                keys.addAll(in(value.value()));
            }
        }
        return keys;
    }

    private static String read(Path file) {
        try {
            return Files.size(file) > MAX_FILE ? "" : new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // Whoever loads the routes will say so, and better
            return "";
        }
    }
}
