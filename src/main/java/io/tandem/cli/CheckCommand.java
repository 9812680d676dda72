package io.tandem.cli;

import io.tandem.app.KafkaCheck;
import io.tandem.app.RouteCheck;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.Examined;
import io.tandem.config.Fault;
import io.tandem.config.Settings;
import io.tandem.config.Severity;
import io.tandem.target.TargetCheck;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            "Prints a line for each fault, as file:line:column: error|warning|hint: reason."
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

    @Option(names = "--strict", description = "Fails on warnings too.")
    private boolean strict;

    @Option(names = "--json", description = "One JSON document on standard output, in place of the lines.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            return QuietLog.during(() -> check(out, err));
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int check(PrintWriter out, PrintWriter err) {
        Examined examined = ConfigurationLoader.examine(configuration.sources());
        Settings settings = examined.settings();
        CheckReport report = report(examined, settings);
        if (json) {
            out.println(report.json());
        } else {
            report.faults().stream().map(Fault::report).forEach(err::println);
        }
        boolean ok = report.count(Severity.ERROR) == 0 && !(strict && report.count(Severity.WARNING) > 0);
        if (connect && settings != null && examined.usable()) {
            for (TargetCheck.Result result : connections(settings)) {
                (result.ok() && !json ? out : err).println(result.line());
                ok &= result.ok();
            }
        }
        if (ok && !json) {
            out.println("ok: " + report.counts() + (report.faults().isEmpty() ? "" : " (" + report.summary() + ")"));
        }
        return ok ? TandemCommand.DONE : TandemCommand.FAILED;
    }

    private static List<TargetCheck.Result> connections(Settings settings) {
        List<TargetCheck.Result> results = new ArrayList<>(TargetCheck.of(settings));
        TargetCheck.Result kafka = KafkaCheck.of(settings);
        if (kafka != null) {
            results.add(kafka);
        }
        return results;
    }

    private static CheckReport report(Examined examined, @Nullable Settings settings) {
        List<Fault> faults = new ArrayList<>(examined.faults());
        if (settings == null) {
            return new CheckReport(0, 0, faults);
        }
        int routes = 0;
        // where the routes are must be known
        if (faults.stream().noneMatch(fault -> fault.key().equals("tandem.routes"))) {
            RouteCheck.Report ofRoutes = RouteCheck.check(settings, examined.places(), examined.usable());
            routes = ofRoutes.routes();
            faults.addAll(ofRoutes.faults());
        }
        faults.sort(Comparator.comparing(Fault::place));
        return new CheckReport(settings.targets().size(), routes, faults);
    }
}
