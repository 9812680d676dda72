package io.tandem.crash;

import io.tandem.proof.Bodies;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Somebody who drops files into the inbox, and again what was not delivered of them. */
final class Folder {
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(200);
    private static final String RETRY = ".retry.ndjson";

    private final Path data;
    private final Evidence evidence;
    private final List<Dropped> dropped = new ArrayList<>();
    private final Thread thread;
    private volatile boolean over;

    /**
     * @param data the folder of inbox/, done/, failed/ and replies/
     * @param perMinute files
     * @param records of a file at most
     */
    Folder(Path data, Evidence evidence, int perMinute, int records, long seed) throws IOException {
        this.data = data;
        this.evidence = evidence;
        Files.createDirectories(data.resolve("inbox"));
        SplittableRandom random = new SplittableRandom(seed);
        this.thread = new Thread(() -> work(perMinute, records, random), "folder");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void work(int perMinute, int records, SplittableRandom random) {
        long gap = TimeUnit.MINUTES.toNanos(1) / perMinute;
        long next = System.nanoTime();
        int number = 0;
        try {
            while (!over) {
                List<String> bodies = new ArrayList<>();
                String name = "file-" + ++number;
                int size = 1 + random.nextInt(records);
                for (int i = 1; i <= size; i++) {
                    bodies.add(name + "-" + i);
                }
                drop(new Dropped(name + ".ndjson", bodies));
                next = Math.max(next + gap, System.nanoTime());
                while (!over && System.nanoTime() - next < 0) {
                    dropAgain();
                    LockSupport.parkNanos(Math.min(LOOK, next - System.nanoTime()));
                }
            }
        } catch (IOException e) {
            evidence.complain("the folder can't be used: " + e);
        }
    }

    private void drop(Dropped file) throws IOException {
        Path part = data.resolve("inbox").resolve(file.name() + ".part");
        Files.writeString(part, file.content());
        move(part, file);
    }

    private synchronized void move(Path from, Dropped file) throws IOException {
        dropped.add(file);
        Files.move(from, data.resolve("inbox").resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Drops the records that could not be delivered once more.
     *
     * @return whether there were any
     */
    synchronized boolean dropAgain() throws IOException {
        Path failed = data.resolve("failed");
        if (!Files.isDirectory(failed)) {
            return false;
        }
        boolean any = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(failed, "[!.]*" + RETRY)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                // one that was dropped, and has failed itself, is no new one
                if (dropped.stream().noneMatch(one -> one.name().equals(name))) {
                    List<String> bodies = Files.readAllLines(file).stream()
                            .map(line -> String.valueOf(Bodies.id(line)))
                            .toList();
                    move(file, new Dropped(name, bodies));
                    any = true;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return any;
    }

    synchronized List<Dropped> dropped() {
        return List.copyOf(dropped);
    }

    Path data() {
        return data;
    }

    /** No new files. What was dropped counts as accepted: nobody but Tandem has it any more. */
    void end() throws InterruptedException {
        over = true;
        thread.join(TimeUnit.SECONDS.toMillis(30));
        for (Dropped file : dropped()) {
            file.bodies().forEach(body -> evidence.accepted(body, "file " + file.name()));
        }
    }
}
