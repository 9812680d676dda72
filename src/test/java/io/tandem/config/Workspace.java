package io.tandem.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A working directory with its environment, as a user would set it up. */
final class Workspace {
    static final String ONE_TARGET = "target.api-one.url=https://api-one.example.com/endpoint";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> overrides = new HashMap<>();

    Workspace(Path folder) {
        this.folder = folder;
        // Whatever the machine that runs the tests has mounted
        environment.put("TANDEM_CLOUD_PROPERTIES_LOCATION", "conf.d/_configmaps/*,conf.d/_secrets/*");
    }

    /** application.properties, with one good target in its first line. */
    Workspace targetAnd(String... lines) {
        return file("application.properties", ONE_TARGET + "\n" + String.join("\n", lines) + "\n");
    }

    Workspace properties(String... lines) {
        return file("application.properties", String.join("\n", lines) + "\n");
    }

    Workspace file(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Workspace env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Workspace override(String key, String value) {
        overrides.put(key, value);
        return this;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    ConfigurationSources sources() {
        return ConfigurationSources.of(folder, environment).withOverrides(overrides);
    }

    Settings load() {
        return ConfigurationLoader.load(sources());
    }

    ConfigurationException failure() {
        return catchThrowableOfType(ConfigurationException.class, this::load);
    }

    /** The lines that a user would see; empty when all is well. */
    List<String> faults() {
        ConfigurationException failure = failure();
        return failure == null
                ? List.of()
                : failure.faults().stream().map(Fault::line).toList();
    }
}
