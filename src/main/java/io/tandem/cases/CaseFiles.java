package io.tandem.cases;

import io.tandem.cases.CaseNode.FaultException;
import io.tandem.config.Fault;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The case files of a folder and its subfolders, read.
 *
 * @param cases those that can be run, in the order of their names
 * @param faults what is wrong with the others
 */
public record CaseFiles(List<Case> cases, List<Fault> faults) {
    private static final Pattern CASE_FILE = Pattern.compile("(.*)\\.case\\.(ya?ml|json)");

    /** Neither users' files nor small. */
    private static final Set<String> SKIPPED = Set.of("node_modules", "target");

    /**
     * Reads them.
     *
     * @param folder a folder, or one case file
     * @param chosen which names to read
     */
    public static CaseFiles read(Path folder, Predicate<String> chosen) throws IOException {
        List<Case> cases = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (Path file : files(folder)) {
            String name = name(folder, file);
            if (chosen.test(name)) {
                try {
                    cases.add(CaseReader.read(file, name));
                } catch (FaultException e) {
                    faults.add(e.fault());
                }
            }
        }
        return new CaseFiles(List.copyOf(cases), List.copyOf(faults));
    }

    private static String name(Path folder, Path file) {
        Path relative = file.equals(folder) ? file.getFileName() : folder.relativize(file);
        Matcher matcher = CASE_FILE.matcher(relative.toString().replace('\\', '/'));
        return matcher.matches() ? matcher.group(1) : relative.toString();
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of(folder);
        }
        return usersFiles(folder).stream()
                .filter(file ->
                        CASE_FILE.matcher(String.valueOf(file.getFileName())).matches())
                .toList();
    }

    /** What users keep in a folder and those below it, sorted: neither what is hidden nor what tools put there. */
    public static List<Path> usersFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of(folder);
        }
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                String name = String.valueOf(visited.getFileName());
                boolean skipped = SKIPPED.contains(name) || (name.startsWith(".") && name.length() > 2);
                return skipped && !visited.equals(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }
}
