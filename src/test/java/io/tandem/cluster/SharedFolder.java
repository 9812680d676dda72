package io.tandem.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.proof.Arrival;
import io.tandem.proof.Bodies;
import io.tandem.proof.Ledger;
import io.tandem.proof.RecordingTarget;
import io.tandem.support.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A folder that several instances watch, with files dropped into it, and what has to have come of them. */
final class SharedFolder {
    private final Path data;
    private final int records;
    private int files;

    /** @param records of each file */
    SharedFolder(Path data, int records) throws IOException {
        this.data = data;
        this.records = records;
        Files.createDirectories(data.resolve("inbox"));
    }

    Map<String, String> settings(String database, RecordingTarget... targets) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tandem.journal.url",
                database,
                "tandem.journal.user",
                Postgres.user(),
                "tandem.inbox.enabled",
                "true",
                "tandem.inbox.dir",
                data.resolve("inbox").toString(),
                "tandem.access-log",
                "off"));
        for (RecordingTarget target : targets) {
            settings.put("target." + target.name() + ".url", target.url());
            settings.put("target." + target.name() + ".auth", "none");
        }
        return settings;
    }

    void drop(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int number = files++;
            String content = IntStream.range(0, records)
                    .mapToObj(record -> Bodies.of(id(number, record)) + "\n")
                    .collect(Collectors.joining());
            Path part = Files.writeString(data.resolve("inbox/" + name(number) + ".part"), content);
            Files.move(part, data.resolve("inbox").resolve(name(number)), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static String name(int file) {
        return "f%d.ndjson".formatted(file);
    }

    private static String id(int file, int record) {
        return "f%d-%d".formatted(file, record);
    }

    long done() {
        return names("done").size();
    }

    private Set<String> names(String folder) {
        if (!Files.isDirectory(data.resolve(folder))) {
            return Set.of();
        }
        try (Stream<Path> found = Files.list(data.resolve(folder))) {
            return found.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each file ended once, under its name, with one reply that has all its records. */
    void assertEachFileOnce() throws IOException {
        Set<String> expected =
                IntStream.range(0, files).mapToObj(SharedFolder::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(names("done")).isEqualTo(expected);
        assertThat(names("failed")).isEmpty();
        assertThat(names("inbox")).isEmpty();
        assertThat(names("replies"))
                .isEqualTo(expected.stream()
                        .map(name -> name + ".reply.ndjson")
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (String name : names("replies")) {
            assertThat(Files.readAllLines(data.resolve("replies").resolve(name)))
                    .as(name)
                    .hasSize(records)
                    .allSatisfy(line -> assertThat(line).contains("\"outcome\":\"complete\""));
        }
    }

    /**
     * Each target has each record, and has seen it again under the same key only.
     *
     * @return how many it has seen again
     */
    long assertEachRecordKnownByOneKey(Ledger ledger, List<String> targets) {
        Set<String> expected = IntStream.range(0, files)
                .boxed()
                .flatMap(file -> IntStream.range(0, records).mapToObj(record -> id(file, record)))
                .collect(Collectors.toCollection(TreeSet::new));
        long repeats = 0;
        for (String target : targets) {
            List<Arrival> arrivals = ledger.arrivals().stream()
                    .filter(arrival -> arrival.target().equals(target))
                    .toList();
            Map<String, Set<String>> keys = arrivals.stream()
                    .collect(
                            Collectors.groupingBy(Arrival::body, Collectors.mapping(Arrival::key, Collectors.toSet())));
            assertThat(keys.keySet()).as(target).isEqualTo(expected);
            assertThat(keys.values()).allSatisfy(key -> assertThat(key).hasSize(1));
            repeats += arrivals.size() - expected.size();
        }
        return repeats;
    }
}
