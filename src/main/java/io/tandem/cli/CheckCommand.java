package io.tandem.cli;

import io.tandem.app.RouteCheck;
import io.tandem.config.ConfigurationException;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.Fault;
import io.tandem.config.Settings;
import io.tandem.target.TargetCheck;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem check}: what is wrong with the configuration and the routes, without a start. */
@Command(
        name = "check",
        description = {
            "Checks the configuration and the routes without starting anything.",
            "Prints a line for each fault, as file:line: reason."
        },
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--connect",
            description = "Also gets a token for each target and tries to connect to it; sends it no request.")
    private boolean connect;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            return QuietLog.during(() -> check(out, err));
        } catch (ConfigurationException e) {
            e.faults().stream().map(Fault::line).forEach(err::println);
            return TandemCommand.FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int check(PrintWriter out, PrintWriter err) {
        Settings settings = ConfigurationLoader.load(configuration.sources());
        RouteCheck.Report report = RouteCheck.check(settings);
        report.faults().stream().map(Fault::line).forEach(err::println);
        boolean ok = report.faults().isEmpty();
        if (connect) {
            for (TargetCheck.Result result : TargetCheck.of(settings)) {
                (result.ok() ? out : err).println(result.line());
                ok &= result.ok();
            }
        }
        if (!ok) {
            return TandemCommand.FAILED;
        }
        out.println("ok: " + counted(settings.targets().size(), "target") + ", " + counted(report.routes(), "route"));
        return TandemCommand.DONE;
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
