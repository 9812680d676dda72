package io.tandem.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tandem.cases.Case.Body;
import io.tandem.cases.Case.Expected;
import io.tandem.cases.Case.Fault;
import io.tandem.cases.Case.Pattern;
import io.tandem.cases.Case.Received;
import io.tandem.cases.Case.Reply;
import io.tandem.cases.CaseNode.FaultException;
import io.tandem.config.Durations;
import io.tandem.config.Place;
import io.tandem.config.Reasons;
import io.tandem.message.ContentTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one case file; the first fault in it ends the reading. For one thread. */
final class CaseReader {
    static final Set<String> CASE = Set.of("description", "settings", "request", "file", "targets", "expect", "steps");
    static final Set<String> STEP = Set.of("description", "request", "file", "targets", "expect");
    static final Set<String> REQUEST = Set.of("method", "path", "headers", "contentType", "body", "bodyFile");
    static final Set<String> FILE = Set.of("name", "body", "bodyFile");
    static final Set<String> TARGET = Set.of("reply", "received");
    static final Set<String> REPLY = Set.of(
            "when", "status", "headers", "body", "bodyFile", "base64", "size", "charset", "delay", "drip", "fault");
    static final Set<String> RECEIVED = Set.of("count", "method", "path", "headers", "body", "match");
    static final Set<String> EXPECT =
            Set.of("status", "headers", "body", "match", "message", "in", "reply", "retry", "within");

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final int MAX_SIZE = 64 * 1024 * 1024;

    private final Path file;
    private final String name;

    private CaseReader(Path file, String name) {
        this.file = file;
        this.name = name;
    }

    /** Reads a file, which is shown to people as {@code file} is written. */
    static Case read(Path file, String name) throws FaultException {
        return new CaseReader(file, name).read();
    }

    private Case read() throws FaultException {
        CaseNode root = new CaseNode(file, "", document());
        Map<String, CaseNode> members = root.members(CASE);
        CaseNode settings = members.get("settings");
        return new Case(name, file, settings == null ? Map.of() : settings.texts(), steps(root, members));
    }

    private static List<Case.Step> steps(CaseNode root, Map<String, CaseNode> members) throws FaultException {
        CaseNode several = members.get("steps");
        if (several == null) {
            return List.of(step(root, members, "a case needs either 'request' or 'file', or 'steps'"));
        }
        for (String key : List.of("request", "file", "targets", "expect")) {
            CaseNode beside = members.get(key);
            if (beside != null) {
                throw beside.fault("'" + key + "' belongs into a step, where there are 'steps'");
            }
        }
        List<Case.Step> steps = new ArrayList<>();
        for (CaseNode item : several.items()) {
            steps.add(step(item, item.members(STEP), "a step needs either 'request' or 'file'"));
        }
        if (steps.isEmpty()) {
            throw several.fault("'steps' needs at least one");
        }
        refusedThroughout(several, steps);
        return steps;
    }

    /** Whether somebody listens at a target is settled once for all steps. */
    private static void refusedThroughout(CaseNode node, List<Case.Step> steps) throws FaultException {
        Set<String> refusing = new TreeSet<>();
        Set<String> answering = new TreeSet<>();
        for (Case.Step step : steps) {
            step.targets().forEach((target, planned) -> planned.replies()
                    .forEach(reply -> (reply.fault() == Fault.REFUSED ? refusing : answering).add(target)));
        }
        refusing.retainAll(answering);
        if (!refusing.isEmpty()) {
            throw node.fault("the target '" + refusing.iterator().next()
                    + "' refuses in one step and answers in another: 'refused' is for all steps");
        }
    }

    private static Case.Step step(CaseNode node, Map<String, CaseNode> members, String needed) throws FaultException {
        CaseNode request = members.get("request");
        CaseNode drop = members.get("file");
        Case.Input input;
        if (request != null && drop == null) {
            input = request(request);
        } else if (drop != null && request == null) {
            input = drop(drop);
        } else {
            throw node.fault(needed);
        }
        return new Case.Step(input, targets(members.get("targets")), expected(members.get("expect"), drop != null));
    }

    private Node document() throws FaultException {
        try {
            return new Compose(LoadSettings.builder().setLabel(file.toString()).build())
                    .composeString(Files.readString(file))
                    .orElseThrow(() -> fault(1, "the file is empty"));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw fault(line, "this is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw fault(
                    1,
                    "this is not YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw fault(1, "the file can't be read: " + Reasons.of(e));
        }
    }

    private FaultException fault(int line, String reason) {
        return new FaultException(io.tandem.config.Fault.error(new Place(file.toString(), line, 0), "", reason));
    }

    private static Case.Request request(CaseNode node) throws FaultException {
        Map<String, CaseNode> members = node.members(REQUEST);
        byte[] body = body(members, StandardCharsets.UTF_8);
        Map<String, String> headers = headers(members);
        CaseNode contentType = members.get("contentType");
        if (contentType != null) {
            headers.put("Content-Type", contentType.text());
        } else if (body != null) {
            headers.putIfAbsent("Content-Type", contentType(members));
        }
        return new Case.Request(
                text(members, "method", "POST"),
                text(members, "path", "/messages"),
                headers,
                body == null ? new byte[0] : body);
    }

    private static Case.Drop drop(CaseNode node) throws FaultException {
        Map<String, CaseNode> members = node.members(FILE);
        byte[] body = body(members, StandardCharsets.UTF_8);
        CaseNode bodyFile = members.get("bodyFile");
        String fileName = text(
                members,
                "name",
                bodyFile == null ? "" : String.valueOf(bodyFile.sibling().getFileName()));
        if (body == null || fileName.isEmpty()) {
            throw node.fault("'file' needs a 'name' and a 'body', or a 'bodyFile'");
        }
        if (fileName.contains("/") || fileName.startsWith(".")) {
            throw node.fault("'" + fileName + "' is no name of a file that is taken");
        }
        return new Case.Drop(fileName, body);
    }

    private static Map<String, Case.Target> targets(@Nullable CaseNode node) throws FaultException {
        Map<String, Case.Target> targets = new LinkedHashMap<>();
        if (node != null) {
            for (Map.Entry<String, CaseNode> target : node.members().entrySet()) {
                Map<String, CaseNode> members = target.getValue().members(TARGET);
                targets.put(
                        target.getKey(),
                        new Case.Target(replies(members.get("reply")), received(members.get("received"))));
            }
        }
        return targets;
    }

    private static List<Reply> replies(@Nullable CaseNode node) throws FaultException {
        List<Reply> replies = new ArrayList<>();
        if (node != null) {
            for (CaseNode item : node.items()) {
                Reply reply = reply(item);
                if (reply.fault() == Fault.REFUSED && node.isList()) {
                    throw item.fault("'refused' can't be one of several replies: nobody is there to count");
                }
                replies.add(reply);
            }
        }
        return replies;
    }

    private static Reply reply(CaseNode node) throws FaultException {
        Map<String, CaseNode> members = node.members(REPLY);
        CaseNode when = members.get("when");
        CaseNode status = members.get("status");
        Map<String, String> headers = headers(members);
        byte[] body = body(members, charset(members.get("charset")));
        if (body != null && (members.containsKey("body") || members.containsKey("bodyFile"))) {
            headers.putIfAbsent("Content-Type", contentType(members));
        }
        if (body != null && "gzip".equals(headers.get("Content-Encoding"))) {
            body = gzip(body);
        }
        return new Reply(
                when == null ? null : when.pattern(),
                status == null ? 200 : status.number(100, 599),
                headers,
                body == null ? new byte[0] : body,
                duration(members.get("delay"), Duration.ZERO),
                duration(members.get("drip"), Duration.ZERO),
                fault(members.get("fault")));
    }

    private static @Nullable Fault fault(@Nullable CaseNode node) throws FaultException {
        if (node == null) {
            return null;
        }
        List<String> words = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            String word = word(fault);
            if (word.equals(node.text())) {
                return fault;
            }
            words.add(word);
        }
        throw node.fault("'fault' must be one of " + String.join(", ", words));
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Received received(@Nullable CaseNode node) throws FaultException {
        if (node == null) {
            return new Received(null, List.of());
        }
        List<Pattern> patterns = new ArrayList<>();
        Integer count = null;
        for (CaseNode item : node.items()) {
            Map<String, CaseNode> members = item.members(RECEIVED);
            CaseNode counted = members.get("count");
            if (counted != null) {
                if (node.isList()) {
                    throw counted.fault("'count' can't stand in a list, which has an item for each request");
                }
                count = counted.number(0, 1_000_000);
            }
            patterns.add(pattern(members));
        }
        return new Received(node.isList() ? Integer.valueOf(patterns.size()) : count, patterns);
    }

    private static Pattern pattern(Map<String, CaseNode> members) throws FaultException {
        CaseNode method = members.get("method");
        CaseNode path = members.get("path");
        return new Pattern(
                method == null ? null : method.text(),
                path == null ? null : path.text(),
                patterns(members.get("headers")),
                expectedBody(members, "body"));
    }

    private static Expected expected(@Nullable CaseNode node, boolean ofFile) throws FaultException {
        Map<String, CaseNode> members = node == null ? Map.of() : node.members(EXPECT);
        for (String key : ofFile ? Set.of("status", "headers", "body", "message") : Set.of("in", "reply", "retry")) {
            CaseNode misplaced = members.get(key);
            if (misplaced != null) {
                throw misplaced.fault("'" + key + "' is expected of a " + (ofFile ? "'request'" : "'file'") + " only");
            }
        }
        CaseNode status = members.get("status");
        CaseNode message = members.get("message");
        CaseNode in = members.get("in");
        CaseNode retry = members.get("retry");
        if (in != null && !Set.of("done", "failed").contains(in.text())) {
            throw in.fault("'in' must be done or failed");
        }
        List<JsonNode> retried = null;
        if (retry != null) {
            retried = new ArrayList<>();
            for (CaseNode line : retry.items()) {
                retried.add(line.pattern());
            }
        }
        return new Expected(
                status == null ? null : status.number(100, 599),
                patterns(members.get("headers")),
                expectedBody(members, "body"),
                message == null ? null : message.pattern(),
                in == null ? null : in.text(),
                expectedBody(members, "reply"),
                retried,
                duration(members.get("within"), WITHIN));
    }

    private static @Nullable Body expectedBody(Map<String, CaseNode> members, String name) throws FaultException {
        CaseNode body = members.get(name);
        CaseNode match = members.get("match");
        JsonMatch.Mode mode = JsonMatch.Mode.SUBSET;
        if (match != null) {
            if (!Set.of("exact", "subset").contains(match.text())) {
                throw match.fault("'match' must be exact or subset");
            }
            mode = match.text().equals("exact") ? JsonMatch.Mode.EXACT : JsonMatch.Mode.SUBSET;
        }
        return body == null ? null : new Body(body.pattern(), mode);
    }

    private static Map<String, JsonNode> patterns(@Nullable CaseNode node) throws FaultException {
        Map<String, JsonNode> patterns = new LinkedHashMap<>();
        if (node != null) {
            for (Map.Entry<String, CaseNode> member : node.members().entrySet()) {
                // a header is a text, also if it looks like a number
                JsonNode pattern = member.getValue().pattern();
                patterns.put(
                        member.getKey(),
                        pattern.isTextual()
                                ? pattern
                                : TextNode.valueOf(member.getValue().text()));
            }
        }
        return patterns;
    }

    private static Map<String, String> headers(Map<String, CaseNode> members) throws FaultException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        CaseNode node = members.get("headers");
        if (node != null) {
            headers.putAll(node.texts());
        }
        return headers;
    }

    /** Null when there is none. */
    private static byte @Nullable [] body(Map<String, CaseNode> members, Charset charset) throws FaultException {
        CaseNode body = members.get("body");
        CaseNode bodyFile = members.get("bodyFile");
        CaseNode base64 = members.get("base64");
        CaseNode size = members.get("size");
        if (bodyFile != null) {
            try {
                return Files.readAllBytes(bodyFile.sibling());
            } catch (IOException e) {
                throw bodyFile.fault("the file '" + bodyFile.text() + "' can't be read: " + Reasons.of(e));
            }
        }
        if (base64 != null) {
            try {
                return Base64.getDecoder().decode(base64.text());
            } catch (IllegalArgumentException e) {
                throw base64.fault("'base64' is not base64");
            }
        }
        if (size != null) {
            return "x".repeat(size.number(0, MAX_SIZE)).getBytes(StandardCharsets.US_ASCII);
        }
        if (body == null) {
            return null;
        }
        JsonNode json = body.json();
        return (json.isTextual() ? json.asText() : json.toString()).getBytes(charset);
    }

    private static String contentType(Map<String, CaseNode> members) throws FaultException {
        CaseNode bodyFile = members.get("bodyFile");
        CaseNode body = members.get("body");
        if (bodyFile != null) {
            return ContentTypes.ofFile(bodyFile.text());
        }
        return body == null || body.json().isTextual() ? "text/plain; charset=utf-8" : "application/json";
    }

    private static Charset charset(@Nullable CaseNode node) throws FaultException {
        if (node == null) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(node.text());
        } catch (IllegalArgumentException e) {
            throw node.fault("'charset' is not one that Java knows");
        }
    }

    private static Duration duration(@Nullable CaseNode node, Duration standard) throws FaultException {
        if (node == null) {
            return standard;
        }
        try {
            return Durations.parse(node.text());
        } catch (IllegalArgumentException e) {
            throw node.fault("this is no duration: " + e.getMessage());
        }
    }

    private static String text(Map<String, CaseNode> members, String key, String standard) throws FaultException {
        CaseNode node = members.get(key);
        return node == null ? standard : node.text();
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toByteArray();
    }
}
