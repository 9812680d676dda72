package io.tandem.cli;

import io.tandem.app.ScatterEdit;
import io.tandem.cases.TargetCase;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.ConfigurationSources;
import io.tandem.config.Examined;
import io.tandem.config.Settings;
import io.tandem.config.TargetBlock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem new target}: one more target, in the properties and in the scatter-gather, with a case that tries it. */
@Command(
        name = "target",
        description =
                "Adds a target: its keys to the properties file, its line to the multicast in the routes, and a case for"
                        + " bin/tandem test.",
        mixinStandardHelpOptions = true)
final class NewTargetCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration;

    @Parameters(
            paramLabel = "NAME",
            description = "How it is called in settings, routes and replies, such as api-three.")
    private String name;

    @Option(names = "--url", paramLabel = "URL", required = true, description = "Where it is.")
    private String url = "";

    @Option(
            names = "--auth",
            paramLabel = "AUTH",
            defaultValue = "none",
            description = "client-credentials, authorization-code, token-exchange, api-key, basic or none (default).")
    private String auth = "";

    @Option(
            names = "--secret",
            paramLabel = "WHERE",
            defaultValue = "",
            description = "Where its secret is: env:NAME or file:PATH; default: a variable named after the target.")
    private String secret = "";

    @Option(names = "--dry-run", description = "Shows what would be written, and writes nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        TargetBlock block;
        try {
            block = TargetBlock.of(name, url, auth.toLowerCase(Locale.ROOT), secret);
        } catch (IllegalArgumentException e) {
            throw new ClientException(String.valueOf(e.getMessage()));
        }
        ConfigurationSources sources = configuration.sources();
        Path properties = ConfigurationLoader.fileToEdit(sources);
        Settings settings = settings(ConfigurationLoader.examine(sources));
        ScatterEdit routes = ScatterEdit.of(settings.routes(), name)
                .orElseThrow(() -> new ClientException("no multicast in " + settings.routes()
                        + " delivers to targets by kamelet:deliver: add the line yourself, - to: kamelet:deliver/"
                        + name + "?target=" + name));
        String before = Files.exists(properties) ? Files.readString(properties) : "";
        String end = before.contains("\r\n") ? "\r\n" : "\n";
        String separator = before.isEmpty() || before.endsWith("\n") ? "" : end;
        String after = before + separator + (before.isBlank() ? "" : end) + String.join(end, block.lines()) + end;
        show(out, properties, before, block.lines());
        out.println(routes.place() + ": + " + routes.line().strip());
        List<Edit> edits =
                new ArrayList<>(List.of(new Edit(properties, after), new Edit(routes.file(), routes.text())));
        Path cases = settings.routes().resolve(name + ".case.yaml");
        boolean tried = !routes.entry().isEmpty() && Files.notExists(cases);
        if (tried) {
            out.println(cases + ":1: + a case for bin/tandem test");
            edits.add(new Edit(cases, TargetCase.text(name, url, auth.toLowerCase(Locale.ROOT), routes.entry())));
        }
        if (dryRun) {
            return TandemCommand.DONE;
        }
        write(edits);
        block.open().forEach(key -> out.println("next: set " + key + " to what it really is"));
        block.lines().stream()
                .filter(line -> line.contains("{{env:"))
                .map(line -> line.substring(line.indexOf("{{env:") + 6, line.indexOf("}}")))
                .forEach(variable -> out.println("next: set the environment variable " + variable));
        if (tried) {
            out.println("next: bin/tandem test " + cases);
        }
        out.println("next: bin/tandem check --connect");
        return TandemCommand.DONE;
    }

    private Settings settings(Examined examined) {
        Settings settings = examined.settings();
        if (settings == null) {
            throw new ClientException(examined.faults().get(0).line());
        }
        if (settings.targets().containsKey(name)) {
            throw new ClientException("there is a target '" + name + "' already: "
                    + examined.places().entrySet().stream()
                            .filter(place -> place.getKey().startsWith("target." + name + "."))
                            .map(place -> place.getValue().toString())
                            .sorted()
                            .findFirst()
                            .orElse(""));
        }
        return settings;
    }

    private static void show(PrintWriter out, Path file, String before, List<String> lines) {
        long line = before.lines().count() + (before.isBlank() ? 0 : 1);
        for (String added : lines) {
            line++;
            out.println(file + ":" + line + ": + " + added);
        }
    }

    private record Edit(Path file, String text) {}

    /** All or nothing, as far as a file system has it: what can fail is done before the first file is replaced. */
    private static void write(List<Edit> edits) throws IOException {
        for (Edit edit : edits) {
            Files.writeString(draft(edit.file()), edit.text());
        }
        for (Edit edit : edits) {
            // through links, so that they go on being links
            Path file = Files.exists(edit.file()) ? edit.file().toRealPath() : edit.file();
            Files.move(draft(edit.file()), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A name that is no route file, and that a running Tandem leaves alone. */
    private static Path draft(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".new");
    }
}
