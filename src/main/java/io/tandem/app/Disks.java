package io.tandem.app;

import io.tandem.config.Settings;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The disks that Tandem writes to, by what is on them. */
final class Disks {
    private interface Size {
        long of(FileStore store) throws IOException;
    }

    private Disks() {}

    /** Where the journal and the files of the watched folder are, as far as they are on a disk of this machine. */
    static Map<String, Path> of(Settings settings) {
        Map<String, Path> places = new LinkedHashMap<>();
        if (settings.journal().database() instanceof Settings.Database.Embedded embedded) {
            places.put("journal", embedded.file());
        }
        if (settings.inbox().enabled()) {
            places.put("inbox", settings.inbox().dir());
        }
        return places;
    }

    /** Bytes that are left for Tandem; NaN when that can't be found out. */
    static Number free(Path place) {
        return size(place, FileStore::getUsableSpace);
    }

    /** Bytes of the whole disk; NaN when that can't be found out. */
    static Number total(Path place) {
        return size(place, FileStore::getTotalSpace);
    }

    private static Number size(Path place, Size size) {
        Path there = place.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return size.of(Files.getFileStore(there));
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
