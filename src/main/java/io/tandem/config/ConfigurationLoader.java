package io.tandem.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Loads the configuration: the defaults, over them the properties file, the folders that Kubernetes mounts, the
 * environment variables, and at last the overrides. Has no state, so that loading again sees what changed meanwhile.
 */
public final class ConfigurationLoader {
    static final String DEFAULT_FILE = "application.properties";
    static final String FILE_VARIABLE = "TANDEM_CONFIG";
    static final String FOLDERS_VARIABLE = "TANDEM_CLOUD_PROPERTIES_LOCATION";

    private final ConfigurationSources sources;
    private final Faults faults = new Faults();

    private ConfigurationLoader(ConfigurationSources sources) {
        this.sources = sources;
    }

    /**
     * Loads and checks everything.
     *
     * @throws ConfigurationException when anything is wrong; it tells all faults at once
     */
    public static Settings load(ConfigurationSources sources) {
        return load(sources, given -> given).settings();
    }

    /**
     * Loads and checks everything with stand-ins in place of what is real: targets and authorization servers are those of
     * {@code standIns}, secrets have made-up values and need not be there, ports are free ones of loopback, and nothing is
     * kept outside the stand-ins' folder.
     *
     * @throws ConfigurationException when anything else is wrong; it tells all faults at once
     */
    public static Settings rehearse(ConfigurationSources sources, StandIns standIns) {
        return load(sources, given -> {
                    Rehearsal.prepare(given, sources.environment(), standIns);
                    return given;
                })
                .settings();
    }

    /**
     * Where a Tandem with this configuration listens for messages. Looks at nothing else: whoever calls a running Tandem
     * needs neither its secrets nor its targets.
     *
     * @throws ConfigurationException when just that can't be told
     */
    public static Settings.Address address(ConfigurationSources sources) {
        ConfigurationLoader loader = new ConfigurationLoader(sources);
        Map<String, RawValue> given = loader.given(loader.file());
        Settings.Address address = loader.reader(given).address();
        loader.faults.throwIfAny();
        return address;
    }

    /**
     * What was loaded.
     *
     * @param given the values that count, before placeholders are resolved
     */
    record Loaded(Settings settings, Map<String, RawValue> given) {}

    /** Loads with some of the values replaced. */
    static Loaded load(ConfigurationSources sources, UnaryOperator<Map<String, RawValue>> replacing) {
        ConfigurationLoader loader = new ConfigurationLoader(sources);
        Path file = loader.file();
        return loader.load(file, replacing.apply(loader.given(file)));
    }

    /** The files that values come from; some may not be there. */
    static List<Path> files(ConfigurationSources sources) {
        ConfigurationLoader loader = new ConfigurationLoader(sources);
        Path file = loader.file();
        List<Path> files = new ArrayList<>();
        if (file != null || sources.defaultFile()) {
            files.add(sources.workingDirectory().resolve(file == null ? Path.of(DEFAULT_FILE) : file));
        }
        files.addAll(MountedFolders.files(sources.workingDirectory(), loader.locations()));
        return files;
    }

    /** The properties file that is read, or would be if it were there. */
    public static Path fileToEdit(ConfigurationSources sources) {
        Path file = new ConfigurationLoader(sources).file();
        return sources.workingDirectory().resolve(file == null ? Path.of(DEFAULT_FILE) : file);
    }

    /** Reads as much as can be read, and tells all that is wrong and all that can hardly be meant. */
    public static Examined examine(ConfigurationSources sources) {
        return new ConfigurationLoader(sources).examine();
    }

    private Examined examine() {
        try {
            Path file = file();
            Map<String, RawValue> given = given(file);
            Settings settings = read(file, given);
            ConfigurationAdvice.give(given, settings, faults);
            Map<String, Place> places = new LinkedHashMap<>();
            given.forEach((key, value) -> places.put(key, value.origin().place()));
            return new Examined(settings, faults.sorted(), places);
        } catch (ConfigurationException e) {
            return new Examined(null, e.faults(), Map.of());
        }
    }

    private Loaded load(@Nullable Path file, Map<String, RawValue> given) {
        Settings settings = read(file, given);
        faults.throwIfAny();
        return new Loaded(settings, given);
    }

    private Settings read(@Nullable Path file, Map<String, RawValue> given) {
        Settings settings = reader(given).read();
        if (given.keySet().stream().noneMatch(key -> key.startsWith(Catalogue.TARGET_PREFIX))) {
            reportNoTarget(file);
        }
        return settings;
    }

    private SettingsReader reader(Map<String, RawValue> given) {
        return new SettingsReader(given, sources.environment(), sources.workingDirectory(), faults);
    }

    private Map<String, RawValue> given(@Nullable Path file) {
        List<RawValue> overrides = overrides();
        Map<String, RawValue> given = new LinkedHashMap<>();
        put(given, installed());
        if (file != null) {
            put(given, read(file));
        }
        put(given, folders());
        List<String> knownKeys = new ArrayList<>(given.keySet());
        overrides.forEach(override -> knownKeys.add(override.key()));
        put(given, EnvironmentVariables.read(sources.environment(), knownKeys, faults));
        put(given, overrides);
        return given;
    }

    /** Null when there is no file, which is fine as long as none was asked for. */
    private @Nullable Path file() {
        Path explicit = sources.file();
        if (explicit != null || !sources.defaultFile()) {
            return explicit;
        }
        String named = sources.environment().getOrDefault(FILE_VARIABLE, "");
        if (!named.isBlank()) {
            try {
                return Path.of(named);
            } catch (InvalidPathException e) {
                faults.add(
                        Origin.of(Layer.ENVIRONMENT, "environment variable " + FILE_VARIABLE),
                        "",
                        "'%s' names no file".formatted(named));
                faults.throwIfAny();
            }
        }
        return Files.exists(sources.workingDirectory().resolve(DEFAULT_FILE)) ? Path.of(DEFAULT_FILE) : null;
    }

    private List<RawValue> read(Path file) {
        Origin origin = Origin.of(Layer.FILE, file.toString());
        try {
            String text = Files.readString(sources.workingDirectory().resolve(file));
            return PropertiesFile.parse(text, origin, faults);
        } catch (CharacterCodingException e) {
            faults.add(origin, "", "not UTF-8 text");
        } catch (IOException e) {
            faults.add(origin, "", "can't be read: " + Reasons.of(e));
        }
        // Without the file, every further fault would only be its echo
        faults.throwIfAny();
        return List.of();
    }

    /** Who starts Tandem in an empty folder gets the routes that came with it. */
    private List<RawValue> installed() {
        Path installation = sources.installation();
        String folder = "routes";
        if (installation == null || Files.isDirectory(sources.workingDirectory().resolve(folder))) {
            return List.of();
        }
        Path routes = installation.resolve(folder);
        return Files.isDirectory(routes)
                ? List.of(RawValue.of(Catalogue.ROUTES.name(), routes.toString(), Origin.DEFAULTS))
                : List.of();
    }

    private List<RawValue> folders() {
        return MountedFolders.read(sources.workingDirectory(), locations(), faults);
    }

    private String locations() {
        String named = sources.environment().getOrDefault(FOLDERS_VARIABLE, "");
        return named.isBlank() ? MountedFolders.DEFAULT_LOCATIONS : named;
    }

    private List<RawValue> overrides() {
        Origin commandLine = Origin.of(Layer.OVERRIDES, "command line");
        // Sorted, so that messages come in the same order each time
        return new TreeMap<>(sources.overrides())
                .entrySet().stream()
                        .map(entry -> RawValue.of(entry.getKey(), entry.getValue(), commandLine))
                        .toList();
    }

    private void reportNoTarget(@Nullable Path file) {
        String example = Catalogue.URL.at("api-one");
        faults.add(
                Origin.of(Layer.FILE, file == null ? "configuration" : file.toString()),
                example,
                "there is no target; add %s=%s to %s, or set the environment variable %s"
                        .formatted(
                                example,
                                Catalogue.URL.example(),
                                file == null ? DEFAULT_FILE : file,
                                EnvironmentVariables.variable(example)));
    }

    /** A key keeps the place of its first appearance, from which the order of the targets follows. */
    private static void put(Map<String, RawValue> given, List<RawValue> layer) {
        layer.forEach(value -> given.put(value.key(), value));
    }
}
