package io.tandem.cli;

import io.tandem.app.StartException;
import io.tandem.config.ConfigurationException;
import io.tandem.config.LiveConfiguration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem run}: the service. */
@Command(
        name = "run",
        description = "Runs the service with your configuration and the routes in routes/.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--no-reload",
            description = "Edits take effect at the next start, as with --set tandem.reload=false.")
    private boolean noReload;

    @Override
    public Integer call() {
        try {
            if (noReload) {
                configuration.overrides().put("tandem.reload", "false");
            }
            RunningService service = RunningService.start(LiveConfiguration.load(configuration.sources()));
            service.closeOnShutdown(() -> {});
            return TandemCommand.KEEP_RUNNING;
        } catch (ConfigurationException | StartException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return TandemCommand.FAILED;
        }
    }
}
