package io.tandem.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration comes from. Immutable.
 *
 * @param workingDirectory what relative paths are relative to
 * @param installation the folder that Tandem is installed in: its routes are used when the working directory has none
 *     and no setting names any; null: there is no such folder
 * @param file the properties file that must be read; null: the one that {@code TANDEM_CONFIG} names, else
 *     {@code application.properties} in the working directory if it is there
 * @param defaultFile whether that file is looked for at all when {@code file} is null
 * @param environment the environment variables
 * @param overrides what wins over everything else, by key
 */
public record ConfigurationSources(
        Path workingDirectory,
        @Nullable Path installation,
        @Nullable Path file,
        boolean defaultFile,
        Map<String, String> environment,
        Map<String, String> overrides) {

    /** Copies the maps. */
    public ConfigurationSources {
        environment = Map.copyOf(environment);
        overrides = Map.copyOf(overrides);
    }

    /** The usual sources of a process that was started in {@code workingDirectory}. */
    public static ConfigurationSources of(Path workingDirectory, Map<String, String> environment) {
        return new ConfigurationSources(workingDirectory, null, null, true, environment, Map.of());
    }

    /** With the folder that Tandem is installed in. */
    public ConfigurationSources withInstallation(@Nullable Path newInstallation) {
        return new ConfigurationSources(workingDirectory, newInstallation, file, defaultFile, environment, overrides);
    }

    /** With a file that must be read, as {@code --config} names one; null leaves the choice to the environment. */
    public ConfigurationSources withFile(@Nullable Path newFile) {
        return new ConfigurationSources(workingDirectory, installation, newFile, defaultFile, environment, overrides);
    }

    /** With no file but one that is given by {@link #withFile}. */
    public ConfigurationSources withoutDefaultFile() {
        return new ConfigurationSources(workingDirectory, installation, file, false, environment, overrides);
    }

    /** With values that win over everything else. */
    public ConfigurationSources withOverrides(Map<String, String> newOverrides) {
        return new ConfigurationSources(workingDirectory, installation, file, defaultFile, environment, newOverrides);
    }

    /** Without any value, since each may be a secret. */
    @Override
    public String toString() {
        return "ConfigurationSources[workingDirectory=%s, file=%s, overrides=%s]"
                .formatted(workingDirectory, file, overrides.keySet());
    }
}
