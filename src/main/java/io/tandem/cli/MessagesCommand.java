package io.tandem.cli;

import io.tandem.journal.MessageState;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tandem messages}: what is in the journal. */
@Command(
        name = "messages",
        description = "Lists the messages in the journal, newest first.",
        mixinStandardHelpOptions = true)
final class MessagesCommand implements Callable<Integer> {
    private static final long DEFAULT_LIMIT = 50;

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClientOptions options;

    @Nullable
    @Option(
            names = "--state",
            paramLabel = "STATE",
            completionCandidates = States.class,
            description = "Only those in this state: ${COMPLETION-CANDIDATES}.")
    private String state;

    @Nullable
    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "Only those for this target; with --state, those whose delivery to it is in that state.")
    private String target;

    @Nullable
    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Only those of the last 30m, 2h, 3d...; all of them, unless there is a --limit.")
    private Duration since;

    @Nullable
    @Option(names = "--limit", paramLabel = "N", description = "How many at most; default: " + DEFAULT_LIMIT + ".")
    private Long limit;

    @Option(names = "--json", description = "A line of JSON for each message.")
    private boolean json;

    /** The words for states. */
    static final class States implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(MessageState.values()).map(MessageState::word).iterator();
        }
    }

    MessagesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (state != null && MessageState.named(state) == null) {
            throw wrong("--state: '" + state + "' is none of " + String.join(", ", new States()));
        }
        if (limit != null && limit < 1) {
            throw wrong("--limit: expected a number from 1 on");
        }
        PrintWriter out = spec.commandLine().getOut();
        long most = limit != null ? limit : since != null ? Long.MAX_VALUE : DEFAULT_LIMIT;
        MessagePages pages = new MessagePages(
                options.client(),
                state,
                target,
                since == null ? null : Clock.systemUTC().instant().minus(since));
        long[] shown = {0};
        boolean more;
        try {
            more = pages.forEach(most, message -> {
                if (shown[0]++ == 0 && !json) {
                    out.println(MessageText.HEADING);
                }
                out.println(json ? message.toString() : MessageText.row(message));
                // whoever reads it has gone: 'tandem messages | head'
                return !out.checkError();
            });
        } finally {
            out.flush();
        }
        if (surroundings.terminal() && !json) {
            PrintWriter err = spec.commandLine().getErr();
            if (shown[0] == 0) {
                err.println("no such messages");
            } else if (more) {
                err.println("there are more: see --limit, --since");
            }
            err.flush();
        }
        return TandemCommand.DONE;
    }

    private ParameterException wrong(String reason) {
        return new ParameterException(spec.commandLine(), reason);
    }
}
