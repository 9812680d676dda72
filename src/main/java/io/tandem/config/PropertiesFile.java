package io.tandem.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Reads the syntax of {@link Properties}, and knows the line of each value, which {@code Properties} does not tell.
 * Only the lines are put together here; separators and escapes are left to {@code Properties} itself.
 */
final class PropertiesFile {
    private final String[] lines;
    private final Origin file;
    private final Faults faults;
    private final List<RawValue> values = new ArrayList<>();
    private final Map<String, Origin> seen = new HashMap<>();

    private PropertiesFile(String text, Origin file, Faults faults) {
        String withoutByteOrderMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
        this.lines = withoutByteOrderMark.split("\r\n|[\r\n]", -1);
        this.file = file;
        this.faults = faults;
    }

    /** The values in the order of their lines; the first one where a key is given twice, which is a fault. */
    static List<RawValue> parse(String text, Origin file, Faults faults) {
        return new PropertiesFile(text, file, faults).parse();
    }

    private List<RawValue> parse() {
        int next = 0;
        while (next < lines.length) {
            int first = next;
            StringBuilder logical = new StringBuilder(withoutLeadingBlanks(lines[next++]));
            if (isComment(logical)) {
                continue;
            }
            while (isContinued(logical)) {
                logical.setLength(logical.length() - 1);
                // A lone backslash joins nothing: the next line starts afresh, and may be a comment
                if (logical.isEmpty() || next == lines.length) {
                    break;
                }
                logical.append(withoutLeadingBlanks(lines[next++]));
            }
            if (!logical.isEmpty()) {
                add(logical.toString(), file.atLine(first + 1));
            }
        }
        return values;
    }

    private void add(String logicalLine, Origin origin) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(logicalLine));
        } catch (IllegalArgumentException e) {
            faults.add(
                    origin, "", "malformed \\u escape; write \\u and four hexadecimal digits, or \\\\ for a backslash");
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("A string can't fail to be read", e);
        }
        for (String key : properties.stringPropertyNames()) {
            if (key.isEmpty()) {
                faults.add(origin, "", "a value without a key");
                continue;
            }
            Origin before = seen.putIfAbsent(key, origin);
            if (before == null) {
                values.add(RawValue.of(key, properties.getProperty(key), origin));
            } else {
                faults.add(
                        origin,
                        key,
                        "duplicated key '%s', first given on line %d; remove one".formatted(key, before.line()));
            }
        }
    }

    private static String withoutLeadingBlanks(String line) {
        int start = 0;
        while (start < line.length() && " \t\f".indexOf(line.charAt(start)) >= 0) {
            start++;
        }
        return line.substring(start);
    }

    private static boolean isComment(CharSequence line) {
        return !line.isEmpty() && (line.charAt(0) == '#' || line.charAt(0) == '!');
    }

    private static boolean isContinued(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
