package io.tandem.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** By what it is seen that a file is another than it was. */
public final class FileStamp {
    private FileStamp() {}

    /** Of a file as it is now; of one that can't be read, too. Blocks. */
    public static String of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            // the key tells a Kubernetes Secret's new version, whose size and time may be the old one's
            return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
