package io.tandem.app;

import io.tandem.config.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Adds a target to the scatter-gather: a line behind the last delivery of the multicast. All else in the file stays as it
 * is, comments and indentation too. Immutable.
 *
 * @param file the route file
 * @param place of the new line
 * @param line the new line
 * @param text the whole file with it
 * @param entry the path that callers send messages to; empty when there is none
 */
public record ScatterEdit(Path file, Place place, String line, String text, String entry) {
    /**
     * Adds a line for a target.
     *
     * @param folder of the routes
     * @return empty when no multicast delivers to targets by the Kamelet, or in a way that can't be edited by a line
     */
    public static Optional<ScatterEdit> of(Path folder, String target) throws IOException {
        RouteFiles files = RouteFiles.read(folder);
        for (Path file : files.routes()) {
            Node last = lastDelivery(files.root(file));
            if (last != null) {
                return Optional.of(behind(files, file, last, target));
            }
        }
        return Optional.empty();
    }

    private static ScatterEdit behind(RouteFiles files, Path file, Node last, String target) throws IOException {
        String text = Files.readString(file);
        int row = RouteDraft.lastLine(last, text);
        List<String> lines = text.lines().toList();
        // what is said below the deliveries is not about them
        while (row > RouteFiles.line(last) && lines.get(row - 1).matches("\\s*(#.*)?")) {
            row--;
        }
        // all that is kept is kept as it is, line ends too
        String end = text.contains("\r\n") ? "\r\n" : "\n";
        int at = startOfLine(text, row);
        // an item starts behind its hyphen and the blank after it
        int indentation = Math.max(0, last.getStartMark().orElseThrow().getColumn() - 2);
        String line = " ".repeat(indentation) + "- to: kamelet:deliver/%1$s?target=%1$s".formatted(target);
        String before = text.substring(0, at);
        String separator = before.isEmpty() || before.endsWith("\n") ? "" : end;
        return new ScatterEdit(
                file,
                files.place(file, row + 1, indentation + 1),
                line,
                before + separator + line + end + text.substring(at),
                entry(files));
    }

    /** Of the first REST operation that takes something. */
    private static String entry(RouteFiles files) {
        for (Path file : files.routes()) {
            if (files.root(file) instanceof SequenceNode definitions) {
                for (Node definition : definitions.getValue()) {
                    Node rest = RouteFiles.member(definition, "rest");
                    if (RouteFiles.member(rest, "post") instanceof SequenceNode operations
                            && !operations.getValue().isEmpty()) {
                        String own = RouteFiles.text(
                                RouteFiles.member(operations.getValue().get(0), "path"));
                        return RouteFiles.text(RouteFiles.member(rest, "path")) + own;
                    }
                }
            }
        }
        return "";
    }

    /** Where the line behind the one of this number starts. */
    private static int startOfLine(String text, int number) {
        int at = 0;
        for (int i = 0; i < number; i++) {
            int next = text.indexOf('\n', at);
            if (next < 0) {
                return text.length();
            }
            at = next + 1;
        }
        return at;
    }

    private static @Nullable Node lastDelivery(@Nullable Node node) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                boolean multicast = RouteFiles.text(tuple.getKeyNode()).equals("multicast");
                Node found = multicast ? lastOf(tuple.getValueNode()) : lastDelivery(tuple.getValueNode());
                if (found != null) {
                    return found;
                }
            }
        } else if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                Node found = lastDelivery(item);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable Node lastOf(Node multicast) {
        if (RouteFiles.member(multicast, "steps") instanceof SequenceNode steps
                && steps.getFlowStyle() == FlowStyle.BLOCK
                && steps.getValue().stream().anyMatch(ScatterEdit::delivers)) {
            List<Node> items = steps.getValue();
            return items.get(items.size() - 1);
        }
        return null;
    }

    private static boolean delivers(Node step) {
        Node to = RouteFiles.member(step, "to");
        Node uri = RouteFiles.member(to, "uri");
        return RouteFiles.text(uri == null ? to : uri).startsWith("kamelet:deliver");
    }
}
