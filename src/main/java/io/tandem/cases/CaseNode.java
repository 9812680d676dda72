package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tandem.config.Fault;
import io.tandem.config.NearestKey;
import io.tandem.config.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A part of a case file that knows its line, so that a fault in it can be told as {@code file:line: reason}. */
final class CaseNode {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();

    private final Path file;
    private final String name;
    private final Node node;

    CaseNode(Path file, String name, Node node) {
        this.file = file;
        this.name = name;
        this.node = node;
    }

    /** Something in a case file is wrong. */
    static final class FaultException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Fault fault;

        FaultException(Fault fault) {
            super(fault.line());
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }
    }

    FaultException fault(String reason) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
        return new FaultException(Fault.error(new Place(file.toString(), line, 0), name, reason));
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** The members, none of which has another name than {@code known}. */
    Map<String, CaseNode> members(Set<String> known) throws FaultException {
        Map<String, CaseNode> members = members();
        for (Map.Entry<String, CaseNode> member : members.entrySet()) {
            if (!known.contains(member.getKey())) {
                Optional<String> meant = NearestKey.among(known, member.getKey());
                throw member.getValue()
                        .fault("'" + member.getKey() + "' is not known here: "
                                + meant.map(key -> "did you mean '" + key + "'?")
                                        .orElseGet(() -> "expected one of "
                                                + String.join(
                                                        ", ",
                                                        known.stream().sorted().toList())));
            }
        }
        return members;
    }

    /** The members, whatever their names. */
    Map<String, CaseNode> members() throws FaultException {
        if (!(node instanceof MappingNode mapping)) {
            throw fault(label() + "must be an object");
        }
        Map<String, CaseNode> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            CaseNode member = new CaseNode(file, key, tuple.getValueNode());
            if (members.put(key, member) != null) {
                throw member.fault("'" + key + "' is there twice");
            }
        }
        return members;
    }

    /** The items of a list; something else is a list of one. */
    List<CaseNode> items() {
        if (!(node instanceof SequenceNode sequence)) {
            return List.of(this);
        }
        List<CaseNode> items = new ArrayList<>();
        sequence.getValue().forEach(item -> items.add(new CaseNode(file, name, item)));
        return items;
    }

    String text() throws FaultException {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw fault(label() + "must be a text");
    }

    int number(int least, int most) throws FaultException {
        try {
            int number = Integer.parseInt(text());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw fault(label() + "must be a number from " + least + " to " + most);
    }

    /** The value as JSON. */
    JsonNode json() throws FaultException {
        try {
            Object value = new StandardConstructor(SETTINGS).constructSingleDocument(Optional.of(node));
            return JSON.valueToTree(value);
        } catch (YamlEngineException e) {
            throw fault(label() + "can't be read: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** The value as JSON in which texts that begin with {@code @} are matchers. */
    JsonNode pattern() throws FaultException {
        JsonNode pattern = json();
        String fault = fault(pattern);
        if (!fault.isEmpty()) {
            throw fault(fault);
        }
        return pattern;
    }

    private static String fault(JsonNode pattern) {
        if (pattern.isTextual()) {
            return JsonMatch.fault(pattern.asText());
        }
        for (JsonNode child : pattern) {
            String fault = fault(child);
            if (!fault.isEmpty()) {
                return fault;
            }
        }
        return "";
    }

    /** Texts by name. */
    Map<String, String> texts() throws FaultException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, CaseNode> member : members().entrySet()) {
            texts.put(member.getKey(), member.getValue().text());
        }
        return texts;
    }

    /** A file that is named relative to the case file. */
    Path sibling() throws FaultException {
        return file.toAbsolutePath().resolveSibling(text());
    }

    private String label() {
        return name.isEmpty() ? "the case " : "'" + name + "' ";
    }
}
