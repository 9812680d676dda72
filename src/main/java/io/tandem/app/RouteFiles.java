package io.tandem.app;

import io.tandem.config.Place;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What is written in the route files and Kamelets, with lines and columns: Camel's model of a route no longer knows
 * them. Files that are no YAML have no entries: Camel says where and why. For one thread.
 */
final class RouteFiles {
    static final String ROUTES = ".camel.yaml";
    static final String KAMELETS = ".kamelet.yaml";

    private final Path folder;
    private final Path shown;
    private final List<Path> routes;
    private final List<Path> kamelets;
    private final JavaFiles java;
    private final Map<Path, Node> roots = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Entry> repeatedKeys = new ArrayList<>();

    /**
     * One key with its value, or one item of a list.
     *
     * @param key empty for an item of a list
     * @param at where the key stands; of an item, the item
     * @param route the id of the route it belongs to; empty when there is none
     * @param input whether it is part of a {@code from}
     */
    record Entry(Path file, String key, Node at, Node content, String route, boolean input) {
        /** Counted from 1. */
        int line() {
            return RouteFiles.line(at);
        }

        /** Empty when it is not a scalar. */
        String value() {
            return text(content);
        }

        boolean scalar() {
            return content instanceof ScalarNode;
        }
    }

    private record Scope(Path file, String route, boolean input) {}

    private RouteFiles(Path folder, Path shown) throws IOException {
        this.folder = folder;
        this.shown = shown;
        this.routes = routes(folder);
        this.kamelets = kamelets(folder);
        this.java = new JavaFiles(this, sources(folder));
    }

    /** The files that a set of routes is made of: those with routes, the Kamelets, and Java. */
    static List<Path> list(Path folder) throws IOException {
        List<Path> files = new ArrayList<>(routes(folder));
        files.addAll(kamelets(folder));
        files.addAll(sources(folder));
        return files;
    }

    private static List<Path> routes(Path folder) throws IOException {
        return list(folder, "*" + ROUTES);
    }

    private static List<Path> sources(Path folder) throws IOException {
        return list(folder, "*" + JavaFiles.ENDING);
    }

    private static List<Path> kamelets(Path folder) throws IOException {
        Path kamelets = folder.resolve("kamelets");
        return Files.isDirectory(kamelets) ? list(kamelets, "*" + KAMELETS) : List.of();
    }

    /** Reads the folder of the routes, and the Kamelets in it. */
    static RouteFiles read(Path folder) throws IOException {
        return read(folder, folder);
    }

    /**
     * Reads a copy of the folder of the routes.
     *
     * @param shown what is said to people to be the folder
     */
    static RouteFiles read(Path folder, Path shown) throws IOException {
        RouteFiles files = new RouteFiles(folder, shown);
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
                if (!String.valueOf(file.getFileName()).startsWith(".")) {
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
                    .ifPresent(root -> {
                        roots.put(file, root);
                        walk(root, "", new Scope(file, "", false));
                    });
        } catch (YamlEngineException | CharacterCodingException e) {
            roots.remove(file);
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
            case "route" -> new Scope(scope.file(), text(member(value, "id")), false);
            case "from" -> new Scope(scope.file(), scope.route(), true);
            default -> scope;
        };
    }

    private static Entry entry(Node at, String key, Node content, Scope scope) {
        return new Entry(scope.file(), key, at, content, scope.route(), scope.input() || key.equals("from"));
    }

    /** What a mapping has under a key; null when it has not, or is no mapping. */
    static @Nullable Node member(@Nullable Node node, String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (key.equals(text(tuple.getKeyNode()))) {
                    return tuple.getValueNode();
                }
            }
        }
        return null;
    }

    /** Empty when it is no scalar. */
    static String text(@Nullable Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /** Counted from 1; 0 when it is not known. */
    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Where the folder is. */
    Path folder() {
        return folder;
    }

    /** The files with routes, sorted. */
    List<Path> routes() {
        return routes;
    }

    /** The files with Kamelets, sorted. */
    List<Path> kamelets() {
        return kamelets;
    }

    /** The Java files. */
    JavaFiles java() {
        return java;
    }

    /** Whether there is nothing of which a route could be made. */
    boolean isEmpty() {
        return routes.isEmpty() && java.paths().isEmpty();
    }

    /** The names of the Kamelets there are. */
    List<String> kameletNames() {
        return kamelets.stream().map(file -> stem(file, KAMELETS)).toList();
    }

    /** The names of the beans that route files bring with them. */
    List<String> beanNames() {
        List<String> names = new ArrayList<>();
        for (Path file : routes) {
            if (root(file) instanceof SequenceNode definitions) {
                for (Node definition : definitions.getValue()) {
                    if (member(definition, "beans") instanceof SequenceNode beans) {
                        beans.getValue().forEach(bean -> names.add(text(member(bean, "name"))));
                    }
                }
            }
        }
        return names;
    }

    /** The name of a file without its ending. */
    static String stem(Path file, String ending) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }

    /** What a file says; null when it is no YAML, or empty. */
    @Nullable
    Node root(Path file) {
        return roots.get(file);
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

    /** A place for people. */
    Place place(Path file, int line, int column) {
        return new Place(shown(original(file)), line, column);
    }

    /** Where a node starts. */
    Place place(Path file, Node node) {
        return place(file, line(node), column(node));
    }

    /** Where a word stands in a scalar, or where that starts when the word can't be found. */
    Place place(Path file, Node node, String word) {
        int at = text(node).indexOf(word);
        boolean quoted = node instanceof ScalarNode scalar
                && (scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED
                        || scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED);
        boolean oneLine =
                node.getEndMark().map(Mark::getLine).equals(node.getStartMark().map(Mark::getLine));
        return place(
                file, line(node), column(node) + (oneLine && at >= 0 && !word.isEmpty() ? at + (quoted ? 1 : 0) : 0));
    }

    private static int column(Node node) {
        return node.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
    }

    private Path original(Path file) {
        return file.startsWith(folder) ? shown.resolve(folder.relativize(file)) : file;
    }

    /** As one would type it here. */
    static String shown(Path file) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = file.toAbsolutePath().normalize();
        return (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
    }
}
