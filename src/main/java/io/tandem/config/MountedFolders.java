package io.tandem.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the folders where Kubernetes mounts ConfigMaps and Secrets: files that end in {@code .properties}, and plain
 * files whose name is the key and whose content is the value.
 */
final class MountedFolders {
    /** Where Camel K mounts them; {@code /*} stands for each subfolder. */
    static final String DEFAULT_LOCATIONS = "/etc/camel/conf.d/_configmaps/*,/etc/camel/conf.d/_secrets/*";

    // No ConfigMap or Secret can be larger
    private static final long MAX_PLAIN_FILE = 1024 * 1024;

    private MountedFolders() {}

    /** In the order of {@code locations} (separated by commas), then of the files' paths. */
    static List<RawValue> read(Path workingDirectory, String locations, Faults faults) {
        List<RawValue> values = new ArrayList<>();
        files(workingDirectory, locations).forEach(file -> read(file, values, faults));
        return values;
    }

    /** What there is in them now. */
    static List<Path> files(Path workingDirectory, String locations) {
        List<Path> files = new ArrayList<>();
        for (String location : locations.split(",", -1)) {
            String folder = location.strip().replaceFirst("/\\*$", "");
            if (!folder.isEmpty()) {
                files.addAll(FileTree.files(workingDirectory.resolve(folder)));
            }
        }
        return files;
    }

    private static void read(Path file, List<RawValue> values, Faults faults) {
        Origin origin = Origin.of(Layer.FOLDERS, file.toString());
        String name = String.valueOf(file.getFileName());
        boolean properties = name.endsWith(".properties");
        // A mount may hold certificates, routes and what not: only what is meant for us has to be readable text
        boolean ours = properties || Catalogue.isReserved(name);
        try {
            if (!properties && Files.size(file) > MAX_PLAIN_FILE) {
                if (ours) {
                    faults.add(origin, name, "'%s' is larger than 1 MiB".formatted(name));
                }
                return;
            }
            String text = Files.readString(file);
            if (properties) {
                values.addAll(PropertiesFile.parse(text, origin, faults));
            } else {
                values.add(new RawValue(name, text.replaceFirst("\\R\\z", ""), origin, file));
            }
        } catch (CharacterCodingException e) {
            if (ours) {
                faults.add(origin, properties ? "" : name, "not UTF-8 text");
            }
        } catch (IOException e) {
            if (ours) {
                faults.add(origin, properties ? "" : name, "can't be read: " + Reasons.of(e));
            }
        }
    }
}
