package io.tandem.cli;

import io.tandem.cases.CaseFiles;
import io.tandem.cases.CaseResult;
import io.tandem.cases.CaseRunner;
import io.tandem.cases.Difference;
import io.tandem.cases.JUnitReport;
import io.tandem.config.Fault;
import io.tandem.config.Reasons;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem test}: runs users' cases against the real routes between stand-ins. */
@Command(
        name = "test",
        description = {
            "Runs your cases: files named *.case.yaml beside the routes, each with a message, what the targets answer, and"
                    + " what is expected.",
            "The real routes run, between stand-ins for targets and authorization servers; nothing real is called."
        },
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
    private static final Path ROUTES = Path.of("routes");

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration;

    @Nullable
    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Where the cases are, or one case file; default: routes, or here if there is no such folder.")
    private Path folder;

    @Option(names = "--name", paramLabel = "TEXT", description = "Runs only cases whose name has this text in it.")
    private String name = "";

    @Nullable
    @Option(names = "--junit", paramLabel = "FILE", description = "Also writes the results as JUnit XML.")
    private Path junit;

    @Option(names = "--watch", description = "Runs them again whenever a file is saved, until Ctrl-C.")
    private boolean watch;

    @Option(names = "--log", description = "Shows the log of the Tandems that are tested.")
    private boolean log;

    TestCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Path where = folder != null ? folder : Files.isDirectory(ROUTES) ? ROUTES : Path.of("");
        if (!Files.exists(where.toAbsolutePath())) {
            throw new ParameterException(spec.commandLine(), "there is no folder '" + where + "'");
        }
        if (!watch) {
            return run(where);
        }
        Path given = configuration.sources().file();
        FileWatch files =
                new FileWatch(List.of(where, ROUTES, given == null ? Path.of("application.properties") : given));
        while (true) {
            run(where);
            files.awaitChange();
        }
    }

    private int run(Path where) throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        CaseFiles files = CaseFiles.read(where, caseName -> caseName.contains(name));
        if (files.cases().isEmpty() && files.faults().isEmpty()) {
            err.println("there is no case" + (name.isEmpty() ? "" : " named like '" + name + "'") + " in '" + where
                    + "': a case is a file named *.case.yaml");
            return TandemCommand.FAILED;
        }
        files.faults().stream().map(Fault::line).map(Text::printable).forEach(err::println);
        CaseRunner runner = new CaseRunner(configuration.sources());
        List<CaseResult> results = log ? run(runner, files, err) : QuietLog.during(() -> run(runner, files, err));
        results.stream().filter(result -> !result.passed()).forEach(result -> explain(result, err));
        err.flush();
        boolean reported = report(results, files, err);
        long failed = results.stream().filter(result -> !result.passed()).count()
                + files.faults().size();
        long all = (long) results.size() + files.faults().size();
        String took = Text.counted(all, "case") + " in " + (System.nanoTime() - start) / 1_000_000 + " ms";
        out.println(failed == 0 ? "ok: " + took : "failed: " + failed + " of " + took);
        out.flush();
        return failed == 0 && reported ? TandemCommand.DONE : TandemCommand.FAILED;
    }

    private List<CaseResult> run(CaseRunner runner, CaseFiles files, PrintWriter err) {
        try (ProgressBar progress =
                new ProgressBar(err, surroundings.terminal(), files.cases().size())) {
            int[] done = {0};
            return runner.run(files.cases(), result -> progress.at(++done[0]));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static void explain(CaseResult result, PrintWriter err) {
        err.println();
        err.println(
                Text.printable(result.of().name() + " failed (" + result.of().file() + ")"));
        for (Difference difference : result.differences()) {
            err.println("  " + Text.printable(difference.where()));
            tell("expected", difference.expected(), err);
            tell("actual", difference.actual(), err);
        }
        if (!result.answer().isEmpty()) {
            err.println("  Tandem answered: " + Text.printable(result.answer()));
        }
    }

    private static void tell(String label, String text, PrintWriter err) {
        String prefix = "    %-9s ".formatted(label + ":");
        for (String line : text.lines().toList()) {
            err.println(prefix + Text.printable(line));
            prefix = " ".repeat(prefix.length());
        }
    }

    private boolean report(List<CaseResult> results, CaseFiles files, PrintWriter err) {
        if (junit == null) {
            return true;
        }
        try {
            JUnitReport.write(junit, results, files.faults());
            return true;
        } catch (IOException e) {
            err.println(junit + ": the report can't be written: " + Reasons.of(e));
            return false;
        }
    }
}
