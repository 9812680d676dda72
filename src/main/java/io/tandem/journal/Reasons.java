package io.tandem.journal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why files can't be used, in few words. */
final class Reasons {
    private Reasons() {}

    static String of(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException missing) {
            return "'" + missing.getFile() + "' does not exist";
        }
        if (e instanceof FileAlreadyExistsException there) {
            return "'" + there.getFile() + "' is there already";
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return String.valueOf(file.getReason());
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
    }

    static String firstLine(String text) {
        return text.lines().findFirst().orElse("").trim();
    }
}
