package io.tandem.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem show}: one journaled message. */
@Command(
        name = "show",
        description = "Shows the state of a message in the journal, and of each of its deliveries.",
        mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ClientOptions options;

    @Parameters(index = "0", paramLabel = "ID", description = "The id of the message.")
    private String id;

    @Option(names = "--json", description = "The document as Tandem answers it.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        JsonNode message = options.client().get(MessagePaths.message(id));
        if (json) {
            out.println(message);
        } else {
            MessageText.page(message).forEach(out::println);
        }
        out.flush();
        return TandemCommand.DONE;
    }
}
