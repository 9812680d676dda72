package io.tandem.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Larger bodies, each a file beside the database: the message is the claim check. Thread-safe. */
final class Payloads implements Bodies {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");
    private static final int PART = 500;

    private final Path folder;
    private final int inline;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<Path> folders = ConcurrentHashMap.newKeySet();

    /** @param inline bytes of the largest body that the database holds */
    Payloads(Path folder, int inline) {
        this.folder = folder;
        this.inline = inline;
    }

    @Override
    public boolean keeps(int size) {
        return size > inline;
    }

    @Override
    public boolean has(String messageId) {
        return known.contains(messageId);
    }

    @Override
    public void write(String messageId, byte[] body) throws IOException {
        Path file = file(messageId);
        // before the file is there: the sweep must not take it for an orphan
        known.add(messageId);
        try {
            make(group(messageId));
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(body);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            sync(group(messageId));
        } catch (IOException e) {
            remove(messageId);
            throw e;
        }
    }

    @Override
    public byte[] read(String messageId) throws IOException {
        return Files.readAllBytes(file(messageId));
    }

    @Override
    public void remove(String messageId) {
        if (!known.remove(messageId)) {
            return;
        }
        try {
            Files.deleteIfExists(file(messageId));
        } catch (IOException e) {
            LOG.warn("the payload {} could not be removed: the next start does it", messageId, e);
        }
    }

    /**
     * Removes what no message needs, and gets to know the rest.
     *
     * @param needed picks those that are needed from the ids of some
     */
    void sweep(UnaryOperator<Collection<String>> needed) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> groups = Files.newDirectoryStream(folder)) {
            for (Path group : groups) {
                List<String> ids = new ArrayList<>();
                try (DirectoryStream<Path> files = Files.newDirectoryStream(group)) {
                    for (Path file : files) {
                        String id = file.getFileName().toString();
                        // known first, asked then: whoever settles it meanwhile removes it
                        if (known.add(id)) {
                            ids.add(id);
                        }
                        if (ids.size() == PART) {
                            sweep(ids, needed);
                            ids.clear();
                        }
                    }
                }
                sweep(ids, needed);
            }
        }
    }

    private void sweep(List<String> ids, UnaryOperator<Collection<String>> needed) {
        if (ids.isEmpty()) {
            return;
        }
        Set<String> kept = Set.copyOf(needed.apply(ids));
        for (String id : ids) {
            if (!kept.contains(id)) {
                remove(id);
            }
        }
    }

    private Path file(String messageId) {
        return group(messageId).resolve(messageId);
    }

    /** By the last characters of the id, which are random. */
    private Path group(String messageId) {
        return folder.resolve(messageId.substring(messageId.length() - 2));
    }

    private void make(Path group) throws IOException {
        if (folders.contains(group)) {
            return;
        }
        OwnersAlone.folder(group);
        sync(folder);
        Path parent = folder.getParent();
        if (parent != null) {
            sync(parent);
        }
        folders.add(group);
    }

    /** A new name is on disk when its folder is. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
