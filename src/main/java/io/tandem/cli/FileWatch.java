package io.tandem.cli;

import io.tandem.app.WatchedFiles;
import io.tandem.cases.CaseFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Tells when users' files are saved. For one thread. */
final class FileWatch {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final WatchedFiles files;
    private Map<Path, String> known;

    /** @param watched folders with all that is in them, and files; they need not be there */
    FileWatch(List<Path> watched) {
        this.files = new WatchedFiles(() -> list(watched), PAUSE, System::nanoTime);
        this.known = files.contents();
    }

    private static List<Path> list(List<Path> watched) throws IOException {
        // folders may lie in each other
        TreeSet<Path> files = new TreeSet<>();
        for (Path path : watched) {
            files.addAll(CaseFiles.usersFiles(path));
        }
        return new ArrayList<>(files);
    }

    /** Waits until something has changed, and has then stayed as it is for a moment. */
    void awaitChange() throws InterruptedException {
        while (true) {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            Map<Path, String> settled = files.settled();
            if (settled != null && !settled.equals(known)) {
                known = settled;
                return;
            }
        }
    }
}
