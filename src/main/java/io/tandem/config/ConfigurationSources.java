package io.tandem.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration comes from. Immutable.
 *
 * @param workingDirectory what relative paths are relative to
 * @param file the properties file that must be read; null: the one that {@code TANDEM_CONFIG} names, else
 *     {@code application.properties} in the working directory if it is there
 * @param environment the environment variables
 * @param overrides what wins over everything else, by key
 */
public record ConfigurationSources(
        Path workingDirectory, @Nullable Path file, Map<String, String> environment, Map<String, String> overrides) {

    /** Copies the maps. */
    public ConfigurationSources {
        environment = Map.copyOf(environment);
        overrides = Map.copyOf(overrides);
    }

    /** The usual sources of a process that was started in {@code workingDirectory}. */
    public static ConfigurationSources of(Path workingDirectory, Map<String, String> environment) {
        return new ConfigurationSources(workingDirectory, null, environment, Map.of());
    }

    /** With a file that must be read, as {@code --config} names one; null leaves the choice to the environment. */
    public ConfigurationSources withFile(@Nullable Path newFile) {
        return new ConfigurationSources(workingDirectory, newFile, environment, overrides);
    }

    /** With values that win over everything else. */
    public ConfigurationSources withOverrides(Map<String, String> newOverrides) {
        return new ConfigurationSources(workingDirectory, file, environment, newOverrides);
    }

    /** Without any value, since each may be a secret. */
    @Override
    public String toString() {
        return "ConfigurationSources[workingDirectory=%s, file=%s, overrides=%s]"
                .formatted(workingDirectory, file, overrides.keySet());
    }
}
