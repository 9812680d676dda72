package io.tandem.cli;

import io.tandem.support.RunningTandem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A folder with a copy of the project's routes and properties for them, to plant mistakes in. */
final class CheckedFolder {
    private static final String PROPERTIES =
            """
            target.api-one.url=http://127.0.0.1:9/one
            target.api-one.auth=none
            target.api-two.url=http://127.0.0.1:9/two
            target.api-two.auth=none
            tandem.http.port=0
            tandem.management.port=0
            """;

    private final Path folder;

    CheckedFolder(Path folder) {
        this.folder = folder;
        write(
                "application.properties",
                PROPERTIES + "tandem.routes=" + folder.resolve("routes") + "\ntandem.inbox.dir="
                        + folder.resolve("data/inbox") + "\n");
        try (Stream<Path> files = Files.walk(RunningTandem.ROUTES)) {
            for (Path file : files.filter(CheckedFolder::isOwn).toList()) {
                write("routes/" + RunningTandem.ROUTES.relativize(file), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOwn(Path file) {
        return Files.isRegularFile(file)
                && !RunningTandem.ROUTES.relativize(file).startsWith("recipes");
    }

    Path path(String file) {
        return folder.resolve(file);
    }

    String read(String file) {
        try {
            return Files.readString(path(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String file, String text) {
        try {
            Files.createDirectories(path(file).getParent());
            Files.writeString(path(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the first occurrence, which must be there. */
    void plant(String file, String right, String wrong) {
        String text = read(file);
        int at = text.indexOf(right);
        if (at < 0) {
            throw new IllegalArgumentException(file + " no longer has '" + right + "'");
        }
        write(file, text.substring(0, at) + wrong + text.substring(at + right.length()));
    }

    void append(String file, String text) {
        write(file, read(file) + text);
    }

    /** The line that has this text, from 1. */
    int line(String file, String text) {
        List<String> lines = read(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(file + " has no '" + text + "'");
    }

    CommandRun check(String... more) {
        return CommandRun.of(arguments("check", more));
    }

    String[] arguments(String command, String... more) {
        List<String> all = new ArrayList<>(
                List.of(command, "--config", path("application.properties").toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
