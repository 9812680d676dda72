package io.tandem.journal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library from a folder beside the journal. The driver unpacks it into the temporary folder, and
 * leaves it there when the process is killed: a copy for each kill.
 */
final class SqliteLibrary {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandem.journal");

    /** The driver's own setting. */
    private static final String PLACE = "org.sqlite.tmpdir";

    private SqliteLibrary() {}

    /**
     * Loads it, unless this process has done so before.
     *
     * @param folder of this journal alone, whose lock is held: what is in it is nobody's any more
     */
    @SuppressWarnings("IllegalCatch") // the driver throws Exception
    static synchronized void load(Path folder) {
        clean(folder);
        if (System.getProperty(PLACE) != null) {
            // whoever runs Tandem has chosen a place
            return;
        }
        try {
            OwnersAlone.folder(folder);
            System.setProperty(PLACE, folder.toString());
            boolean unused = SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            // nothing may be executed from there: the driver takes the temporary folder
            LOG.debug("SQLite's library can't be loaded from {}", folder, e);
        } finally {
            System.clearProperty(PLACE);
            // what is loaded needs no file, where the system can delete one that is in use; else the next start does it
            clean(folder);
        }
    }

    private static void clean(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.trace("nothing is left in {}", folder, e);
        } catch (IOException e) {
            LOG.debug("{} is left", folder, e);
        }
    }
}
