package io.tandem.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What the route files say, line by line, to find the place that a fault is about: most of Camel's exceptions don't
 * know it. Files that are not YAML are left out, since Camel says where and why. For one thread.
 */
final class RouteFiles {
    private final List<Path> routes;
    private final List<Path> kamelets;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Entry> repeatedKeys = new ArrayList<>();

    /**
     * One key with its value, or one item of a list.
     *
     * @param key empty for an item of a list
     * @param value empty when it is not a scalar
     * @param scalar whether the value is one
     * @param route the id of the route it belongs to; empty when there is none
     * @param input whether it is part of a {@code from}
     */
    record Entry(
            Path file, int line, int column, String key, String value, boolean scalar, String route, boolean input) {}

    private record Scope(Path file, String route, boolean input) {}

    private RouteFiles(List<Path> routes, List<Path> kamelets) {
        this.routes = routes;
        this.kamelets = kamelets;
    }

    /** The files that a set of routes is made of: those with routes, then the Kamelets. */
    static List<Path> list(Path folder) throws IOException {
        List<Path> files = new ArrayList<>(routes(folder));
        files.addAll(kamelets(folder));
        return files;
    }

    private static List<Path> routes(Path folder) throws IOException {
        return list(folder, "*.camel.yaml");
    }

    private static List<Path> kamelets(Path folder) throws IOException {
        Path kamelets = folder.resolve("kamelets");
        return Files.isDirectory(kamelets) ? list(kamelets, "*.kamelet.yaml") : List.of();
    }

    /** Reads the folder of the routes, and the Kamelets in it. */
    static RouteFiles read(Path folder) throws IOException {
        RouteFiles files = new RouteFiles(routes(folder), kamelets(folder));
        for (Path file : files.routes) {
            files.compose(file);
        }
        for (Path file : files.kamelets) {
            files.compose(file);
        }
        return files;
    }

    private static List<Path> list(Path folder, String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : found) {
                // editors keep their own files beside those that they edit
                if (!file.getFileName().toString().startsWith(".")) {
                    files.add(file);
                }
            }
        }
        files.sort(null);
        return files;
    }

    private void compose(Path file) throws IOException {
        try {
            new Compose(LoadSettings.builder().setLabel(file.toString()).build())
                    .composeString(Files.readString(file))
                    .ifPresent(root -> walk(root, "", new Scope(file, "", false)));
        } catch (YamlEngineException | java.nio.charset.CharacterCodingException e) {
            entries.removeIf(entry -> entry.file().equals(file));
        }
    }

    private void walk(Node node, String key, Scope scope) {
        if (node instanceof MappingNode mapping) {
            Set<String> keys = new HashSet<>();
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name) {
                    Entry entry = entry(name, name.getValue(), tuple.getValueNode(), scope);
                    if (!keys.add(name.getValue())) {
                        repeatedKeys.add(entry);
                    }
                    entries.add(entry);
                    if (!(tuple.getValueNode() instanceof ScalarNode)) {
                        walk(
                                tuple.getValueNode(),
                                name.getValue(),
                                inside(name.getValue(), tuple.getValueNode(), scope));
                    }
                }
            }
        } else if (node instanceof SequenceNode sequence) {
            // the steps of a route hang below its input
            Scope items = key.equals("steps") ? new Scope(scope.file(), scope.route(), false) : scope;
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    entries.add(entry(scalar, "", scalar, items));
                } else {
                    walk(item, "", items);
                }
            }
        }
    }

    private static Scope inside(String key, Node value, Scope scope) {
        return switch (key) {
            case "route" -> new Scope(scope.file(), member(value, "id"), false);
            case "from" -> new Scope(scope.file(), scope.route(), true);
            default -> scope;
        };
    }

    private static String member(Node node, String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (key.equals(scalar(tuple.getKeyNode()))) {
                    return scalar(tuple.getValueNode());
                }
            }
        }
        return "";
    }

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static Entry entry(Node at, String key, Node value, Scope scope) {
        int line = at.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        int column = at.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
        boolean input = scope.input() || key.equals("from");
        boolean isScalar = value instanceof ScalarNode;
        return new Entry(scope.file(), line, column, key, scalar(value), isScalar, scope.route(), input);
    }

    /** The files with routes, sorted. */
    List<Path> routes() {
        return routes;
    }

    /** The names of the Kamelets there are. */
    List<String> kamelets() {
        return kamelets.stream()
                .map(file -> file.getFileName().toString().replace(".kamelet.yaml", ""))
                .toList();
    }

    /** Whether the entry is of a Kamelet and not of a route file. */
    boolean inKamelet(Entry entry) {
        return kamelets.contains(entry.file());
    }

    /** All entries, in the order of files and lines. */
    List<Entry> entries() {
        return entries;
    }

    /** Keys that stand twice in the same mapping, the second time. */
    List<Entry> repeatedKeys() {
        return repeatedKeys;
    }

    /** The first entry that fits; in the route named, if there is one in it. */
    @Nullable
    Entry find(String route, Predicate<Entry> fits) {
        Entry elsewhere = null;
        for (Entry entry : entries) {
            if (fits.test(entry)) {
                if (entry.route().equals(route)) {
                    return entry;
                }
                elsewhere = elsewhere == null ? entry : elsewhere;
            }
        }
        return elsewhere;
    }
}
