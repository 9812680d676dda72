package io.tandem.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder with a copy of the project's routes, to be edited. */
public class RoutesFolder {
    private final Path folder;

    public RoutesFolder(Path folder) {
        this.folder = folder;
        try (Stream<Path> files = Files.walk(RunningTandem.ROUTES)) {
            for (Path file : files.filter(RoutesFolder::isOwn).toList()) {
                write("routes/" + RunningTandem.ROUTES.relativize(file), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Recipes are integrations of their own. */
    private static boolean isOwn(Path file) {
        return Files.isRegularFile(file)
                && !RunningTandem.ROUTES.relativize(file).startsWith("recipes");
    }

    public Path path(String file) {
        return folder.resolve(file);
    }

    public String read(String file) {
        try {
            return Files.readString(path(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void write(String file, String text) {
        try {
            Files.createDirectories(path(file).getParent());
            Files.writeString(path(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the first occurrence, which must be there. */
    public void plant(String file, String right, String wrong) {
        String text = read(file);
        int at = text.indexOf(right);
        if (at < 0) {
            throw new IllegalArgumentException(file + " no longer has '" + right + "'");
        }
        write(file, text.substring(0, at) + wrong + text.substring(at + right.length()));
    }

    public void append(String file, String text) {
        write(file, read(file) + text);
    }

    /** The line that has this text, from 1. */
    public int line(String file, String text) {
        List<String> lines = read(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(file + " has no '" + text + "'");
    }

    /** Where this text starts in its line, from 1. */
    public int column(String file, String text) {
        return read(file).lines().toList().get(line(file, text) - 1).indexOf(text) + 1;
    }
}
