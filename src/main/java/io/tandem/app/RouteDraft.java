package io.tandem.app;

import io.tandem.config.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A copy of the route files out of which steps can be left, so that what is wrong behind them shows too: Camel stops at
 * the first. All that is left stays on its line. For one thread; {@link #close} removes the copy.
 */
final class RouteDraft implements AutoCloseable {
    /** Fits wherever a step does, and refers to nothing. */
    private static final String NOTHING = "stop: {}";

    private static final String EMPTY_KAMELET =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata: {name: %s}
            spec: {definition: {properties: {}}, template: {from: {uri: kamelet:source, steps: [stop: {}]}}}
            """;

    private final Path folder;
    private final Path original;

    private RouteDraft(Path folder, Path original) {
        this.folder = folder;
        this.original = original;
    }

    /** A step, or a whole definition of a file. */
    private record Item(Node node, boolean step) {}

    /** What was left out: lines of a file, both counted from 1 and included. */
    record Span(String source, int first, int last) {
        boolean contains(Place place) {
            return place.source().equals(source) && first <= place.line() && place.line() <= last;
        }
    }

    static RouteDraft of(RouteFiles files) throws IOException {
        // as restricted as temporary folders are: only for who runs this
        RouteDraft draft = new RouteDraft(Files.createTempDirectory("tandem-routes"), files.folder());
        try {
            Files.createDirectory(draft.folder.resolve("kamelets"));
            for (Collection<Path> all :
                    List.of(files.routes(), files.kamelets(), files.java().paths())) {
                for (Path file : all) {
                    Files.copy(file, draft.folder.resolve(files.folder().relativize(file)));
                }
            }
        } catch (IOException e) {
            draft.close();
            throw e;
        }
        return draft;
    }

    /** The copy as it is now, in the words of the original. */
    RouteFiles files() throws IOException {
        return RouteFiles.read(folder, original);
    }

    /**
     * Leaves out the step at a place; the whole route where there is none, the whole file where that can't be read.
     *
     * @return what was left out; null when nothing was
     */
    @Nullable
    Span leaveOut(Place place) throws IOException {
        RouteFiles files = files();
        for (List<Path> all : List.of(files.routes(), files.kamelets())) {
            for (Path file : all) {
                if (files.place(file, 0, 0).source().equals(place.source())) {
                    return leaveOut(files, file, place);
                }
            }
        }
        return null;
    }

    private static @Nullable Span leaveOut(RouteFiles files, Path file, Place place) throws IOException {
        String text = Files.readString(file);
        Node root = files.root(file);
        Item item = root instanceof SequenceNode definitions
                ? innermost(definitions, false, place.line(), text)
                : steps(root, place.line(), text, null);
        boolean only = root instanceof SequenceNode definitions
                && definitions.getValue().size() == 1;
        if (item == null || (only && !item.step())) {
            return leaveOutAll(files, file, text, place.source());
        }
        String without = without(text, item);
        if (without.equals(text)) {
            return null;
        }
        Files.writeString(file, without);
        return new Span(place.source(), RouteFiles.line(item.node()), lastLine(item.node(), text));
    }

    private static @Nullable Span leaveOutAll(RouteFiles files, Path file, String text, String source)
            throws IOException {
        if (files.kamelets().contains(file)) {
            // those who call it find one
            String empty = EMPTY_KAMELET.formatted(RouteFiles.stem(file, RouteFiles.KAMELETS));
            if (text.equals(empty)) {
                return null;
            }
            Files.writeString(file, empty);
        } else {
            Files.delete(file);
        }
        return new Span(source, 0, Integer.MAX_VALUE);
    }

    private static @Nullable Item innermost(SequenceNode sequence, boolean steps, int line, String text) {
        Node at = null;
        for (Node item : sequence.getValue()) {
            if (RouteFiles.line(item) <= line && line <= lastLine(item, text)) {
                at = item;
            }
        }
        return at == null ? null : steps(at, line, text, new Item(at, steps));
    }

    /** The innermost step below a node. */
    private static @Nullable Item steps(@Nullable Node node, int line, String text, @Nullable Item enclosing) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                Node value = tuple.getValueNode();
                boolean steps = RouteFiles.text(tuple.getKeyNode()).equals("steps");
                Item found = steps && value instanceof SequenceNode sequence
                        ? innermost(sequence, true, line, text)
                        : steps(value, line, text, null);
                if (found != null) {
                    return found;
                }
            }
        } else if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                Item found = steps(item, line, text, null);
                if (found != null) {
                    return found;
                }
            }
        }
        return enclosing;
    }

    /** Of a block, the end is where the next one starts. */
    static int lastLine(Node node, String text) {
        Mark end = node.getEndMark().orElseThrow();
        return text.substring(startOfLine(text, end.getLine()), offset(text, end))
                        .isBlank()
                ? end.getLine()
                : end.getLine() + 1;
    }

    private static String without(String text, Item item) {
        int start = offset(text, item.node().getStartMark().orElseThrow());
        int end = offset(text, item.node().getEndMark().orElseThrow());
        if (!item.step()) {
            // with the hyphen before it
            start = text.lastIndexOf('-', start);
        }
        String removed = text.substring(start, end);
        StringBuilder kept = new StringBuilder(item.step() ? NOTHING : "");
        removed.chars().filter(c -> c == '\n').forEach(c -> kept.append('\n'));
        int lastBreak = removed.lastIndexOf('\n');
        String tail = lastBreak < 0 ? "" : removed.substring(lastBreak + 1);
        // the indentation of what follows
        kept.append(tail.isBlank() ? tail : "");
        return text.substring(0, start) + kept + text.substring(end);
    }

    private static int offset(String text, Mark mark) {
        int line = startOfLine(text, mark.getLine());
        return text.offsetByCodePoints(line, mark.getColumn());
    }

    private static int startOfLine(String text, int line) {
        int at = 0;
        for (int i = 0; i < line; i++) {
            at = text.indexOf('\n', at) + 1;
        }
        return at;
    }

    @Override
    public void close() throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> found = Files.walk(folder)) {
            found.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
