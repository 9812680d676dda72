package io.tandem.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.proof.Bodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Judges the watched folder after all is settled. */
final class FolderVerdict {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path data;
    private final List<String> offences = new ArrayList<>();

    private final Collection<Dropped> dropped;

    private FolderVerdict(Path data, Collection<Dropped> dropped) {
        this.data = data;
        this.dropped = dropped;
    }

    /**
     * Each file that was dropped has ended exactly once, in done/ or failed/, unharmed and with a complete reply; and
     * nothing else lies about.
     *
     * @param data the folder of inbox/, done/, failed/ and replies/
     */
    static Verdict of(Path data, Collection<Dropped> dropped) throws IOException {
        FolderVerdict verdict = new FolderVerdict(data, dropped);
        Set<String> expected = new HashSet<>();
        for (Dropped file : dropped) {
            verdict.judge(file);
            expected.add("done/" + file.name());
            expected.add("failed/" + file.name());
            expected.add("failed/" + file.name() + ".retry.ndjson");
            expected.add("replies/" + file.name() + ".reply.ndjson");
        }
        for (String folder : List.of("inbox", "done", "failed", "replies")) {
            for (Path file : filesUnder(data.resolve(folder))) {
                String name = data.relativize(file).toString();
                // locks and notes of claims are Tandem's own
                boolean own = name.startsWith("inbox/.claimed/") && (name.endsWith(".lock") || name.contains("notes"));
                if (!own && !expected.contains(name)) {
                    verdict.offences.add(name + " is left over");
                }
            }
        }
        return new Verdict("each file ends once, whole and with its reply", verdict.offences);
    }

    /** Files that are still to be worked on, or are being worked on. */
    static List<Path> waiting(Path data) throws IOException {
        return filesUnder(data.resolve("inbox")).stream()
                .filter(file -> !file.toString().endsWith(".lock"))
                .filter(file -> !file.toString().contains("notes"))
                .toList();
    }

    private static List<Path> filesUnder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (java.io.UncheckedIOException e) {
            // what is being moved while it is listed
            throw e.getCause();
        }
    }

    private void judge(Dropped file) throws IOException {
        Path done = data.resolve("done").resolve(file.name());
        Path failed = data.resolve("failed").resolve(file.name());
        if (Files.exists(done) == Files.exists(failed)) {
            offences.add(file.name() + (Files.exists(done) ? " is in done/ and in failed/" : " is gone"));
            return;
        }
        boolean isDone = Files.exists(done);
        if (!Files.readString(isDone ? done : failed).equals(file.content())) {
            offences.add(file.name() + " is not what was dropped");
        }
        Path replies = data.resolve("replies").resolve(file.name() + ".reply.ndjson");
        if (!Files.exists(replies)) {
            offences.add(file.name() + " has no reply");
            return;
        }
        List<String> lines = Files.readAllLines(replies);
        if (lines.size() != file.bodies().size()) {
            offences.add("%s has %d records and %d replies"
                    .formatted(file.name(), file.bodies().size(), lines.size()));
            return;
        }
        List<String> undelivered = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            JsonNode reply = JSON.readTree(lines.get(i));
            if (reply.path("record").asInt() != i + 1) {
                offences.add(file.name() + " has the reply of record " + reply.path("record") + " at place " + (i + 1));
            }
            if (!reply.path("outcome").asText().equals("complete")) {
                undelivered.add(Bodies.of(file.bodies().get(i)));
            }
        }
        judgeRetry(file, isDone, undelivered);
    }

    private void judgeRetry(Dropped file, boolean isDone, List<String> undelivered) throws IOException {
        if (isDone != undelivered.isEmpty()) {
            offences.add("%s is in %s/ with %d undelivered records"
                    .formatted(file.name(), isDone ? "done" : "failed", undelivered.size()));
        }
        List<String> again = retry(file.name() + ".retry.ndjson");
        if (!again.equals(undelivered)) {
            offences.add("%s has %d undelivered records and %d to be sent again"
                    .formatted(file.name(), undelivered.size(), again.size()));
        }
    }

    /** What is to be sent again, or was dropped to be sent again. */
    private List<String> retry(String name) throws IOException {
        for (Dropped file : dropped) {
            if (file.name().equals(name)) {
                return file.content().lines().toList();
            }
        }
        Path file = data.resolve("failed").resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
