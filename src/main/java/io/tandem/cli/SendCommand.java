package io.tandem.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandem.message.ContentTypes;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem send}: hands messages to a running Tandem, one after the other. */
@Command(
        name = "send",
        description = {
            "Sends each file as one message, and prints the merged reply.",
            "On a terminal, a line for each file says what became of it."
        },
        mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClientOptions options;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The messages; - is standard input.")
    private List<String> files = new ArrayList<>();

    @Nullable
    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "What the messages are; default: by the file's extension, for - application/json.")
    private String contentType;

    @Nullable
    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "Idempotency-Key: the same file with the same key is delivered once, however often it is sent.")
    private String key;

    @Option(
            names = "--async",
            description = "Does not wait for the targets: the message is journaled, and delivered later.")
    private boolean async;

    @Nullable
    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Waits that long for the targets, such as 10s; then the rest goes on in the background.")
    private Duration wait;

    @Option(names = "--json", description = "The documents that Tandem answers, also on a terminal.")
    private boolean json;

    SendCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (key != null && files.size() > 1) {
            throw new ParameterException(spec.commandLine(), "--key names one message: give one file with it");
        }
        TandemClient client = options.client();
        boolean all = true;
        try {
            for (String file : files) {
                all &= send(client, file);
            }
        } finally {
            spec.commandLine().getOut().flush();
            spec.commandLine().getErr().flush();
        }
        return all ? TandemCommand.DONE : TandemCommand.FAILED;
    }

    /** Whether Tandem took it, and the completion policy was met if it was waited for. */
    private boolean send(TandemClient client, String file) {
        PrintWriter out = spec.commandLine().getOut();
        TandemClient.Reply reply;
        try {
            reply = client.post(MessagePaths.MESSAGES, body(file), headers(file));
        } catch (IOException e) {
            tell(file, e.getMessage());
            return false;
        } catch (IllegalArgumentException e) {
            // one of the options makes no header
            throw new ParameterException(spec.commandLine(), Text.printable(e.getMessage()));
        } catch (ClientException e) {
            // the others would fare no better
            throw new ClientException(name(file) + ": " + e.getMessage(), e);
        }
        if (surroundings.terminal() && !json) {
            out.println(line(file, reply));
        } else {
            // as it came; bytes that are no text can't be told apart from text that is broken
            out.println(new String(reply.body(), StandardCharsets.UTF_8));
        }
        out.flush();
        if (!reply.ok()) {
            tell(file, reply.reason());
        }
        return reply.ok();
    }

    private BodyPublisher body(String file) throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return BodyPublishers.ofByteArray(surroundings.in().readAllBytes());
        }
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw new IOException("this names no file", e);
        }
        if (!Files.exists(path)) {
            throw new IOException("no such file");
        }
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new IOException(Files.isDirectory(path) ? "it is a folder" : "permission denied");
        }
        return BodyPublishers.ofFile(path);
    }

    private Map<String, String> headers(String file) {
        Map<String, String> headers = new LinkedHashMap<>();
        boolean piped = file.equals(STANDARD_INPUT);
        headers.put(
                "Content-Type",
                contentType != null ? contentType : piped ? "application/json" : ContentTypes.ofFile(file));
        if (key != null) {
            headers.put("Idempotency-Key", key);
        }
        List<String> preferences = new ArrayList<>(2);
        if (async) {
            preferences.add("respond-async");
        }
        if (wait != null) {
            // whole seconds (RFC 7240): rather a little longer than too short
            preferences.add("wait=" + wait.plusMillis(999).toSeconds());
        }
        if (!preferences.isEmpty()) {
            headers.put("Prefer", String.join(", ", preferences));
        }
        return headers;
    }

    private String line(String file, TandemClient.Reply reply) {
        int width = files.stream().mapToInt(name -> name(name).length()).max().orElse(1);
        JsonNode document = reply.document();
        String outcome;
        String what = "";
        if (!reply.outcome().isEmpty()) {
            outcome = reply.outcome();
            what = MessageText.replies(document);
        } else if (reply.ok()) {
            outcome = "accepted";
            what = MessageText.deliveries(document);
        } else {
            return ("%-" + width + "s  refused").formatted(name(file));
        }
        return ("%-" + width + "s  %-8s  %s  %s")
                .formatted(name(file), Text.printable(outcome), Text.printable(reply.id()), what)
                .stripTrailing();
    }

    private void tell(String file, @Nullable String reason) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(name(file) + ": " + reason);
        err.flush();
    }

    private static String name(String file) {
        return file.equals(STANDARD_INPUT) ? "standard input" : Text.printable(file);
    }
}
