package io.tandem.cli;

import io.tandem.config.ConfigurationException;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code tandem}: the command, its subcommands, and the meaning of their exit codes. */
@Command(
        name = "tandem",
        description =
                "Sends one message to two OAuth2-protected HTTP APIs at the same moment, and merges their answers.",
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            CheckCommand.class,
            TestCommand.class,
            NewCommand.class,
            LoginCommand.class,
            SendCommand.class,
            MessagesCommand.class,
            ShowCommand.class,
            ReplayCommand.class,
            HashKeyCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = TandemCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class TandemCommand implements Runnable {
    /** The command has started something that goes on; the JVM ends by a signal. */
    public static final int KEEP_RUNNING = -1;

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs a command line; returns its exit code, or {@link #KEEP_RUNNING}. */
    public static int execute(String... args) {
        return commandLine(Surroundings.usual()).execute(args);
    }

    /** The command line, to be run in these surroundings. */
    static CommandLine commandLine(Surroundings surroundings) {
        return new CommandLine(new TandemCommand(), new Factory(surroundings))
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    boolean forPeople = failure instanceof ClientException || failure instanceof ConfigurationException;
                    commandLine.getErr().println((forPeople ? "" : "tandem: ") + failure.getMessage());
                    return FAILED;
                });
    }

    /** Makes the commands that need their surroundings; the others need nothing. */
    private record Factory(Surroundings surroundings) implements CommandLine.IFactory {
        private static final Map<Class<?>, Function<Surroundings, Object>> MAKERS = Map.of(
                TestCommand.class, TestCommand::new,
                LoginCommand.class, LoginCommand::new,
                SendCommand.class, SendCommand::new,
                MessagesCommand.class, MessagesCommand::new,
                ReplayCommand.class, ReplayCommand::new,
                HashKeyCommand.class, HashKeyCommand::new);

        @Override
        public <K> K create(Class<K> type) throws Exception {
            Function<Surroundings, Object> maker = MAKERS.get(type);
            return maker == null ? CommandLine.defaultFactory().create(type) : type.cast(maker.apply(surroundings));
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command? Try: tandem demo");
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Tandem " + current()};
        }

        static String current() {
            String version = TandemCommand.class.getPackage().getImplementationVersion();
            return version == null ? "(development)" : version;
        }
    }
}
