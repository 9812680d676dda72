package io.tandem.cli;

import io.tandem.config.ConfigurationSources;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which commands are told where the configuration is. */
final class ConfigurationOptions {
    @Nullable
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The properties file; default: TANDEM_CONFIG, else application.properties if it is here.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting that wins over all others; may be given several times.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    ConfigurationSources sources() {
        // set by bin/tandem
        String home = System.getProperty("tandem.home");
        return ConfigurationSources.of(Path.of("").toAbsolutePath(), System.getenv())
                .withInstallation(home == null ? null : Path.of(home))
                .withFile(file)
                .withOverrides(overrides);
    }

    Map<String, String> overrides() {
        return overrides;
    }
}
