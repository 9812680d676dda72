package io.tandem.config;

import io.tandem.config.ConfigurationLoader.Loaded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a Tandem that runs, to be loaded again when it was edited. What can take effect at a start only
 * stays as it was at the start. Immutable.
 */
public final class LiveConfiguration {
    private final ConfigurationSources sources;
    private final Loaded started;

    /**
     * What is to be in force from now on.
     *
     * @param atNextStart what was edited and takes effect at the next start only
     */
    public record Edited(Settings settings, List<Fault> atNextStart) {}

    private LiveConfiguration(ConfigurationSources sources) {
        this.sources = sources;
        this.started = ConfigurationLoader.load(sources, given -> given);
    }

    /**
     * Loads and checks everything.
     *
     * @throws ConfigurationException when anything is wrong; it tells all faults at once
     */
    public static LiveConfiguration load(ConfigurationSources sources) {
        return new LiveConfiguration(sources);
    }

    /** As it was at the start. */
    public Settings settings() {
        return started.settings();
    }

    /** The files that it comes from, as they are now. */
    public List<Path> files() {
        return ConfigurationLoader.files(sources);
    }

    /**
     * Loads and checks everything again.
     *
     * @throws ConfigurationException when anything is wrong; it tells all faults at once
     */
    public Edited reload() {
        Loaded asked = ConfigurationLoader.load(sources, given -> given);
        List<Fault> atNextStart = new ArrayList<>();
        for (Key<?> key : Catalogue.KEYS) {
            if (!key.live() && !Objects.equals(text(key, started), text(key, asked))) {
                atNextStart.add(waiting(key, asked.given().get(key.name())));
            }
        }
        return atNextStart.isEmpty()
                ? new Edited(asked.settings(), List.of())
                : new Edited(ConfigurationLoader.load(sources, this::asStarted).settings(), List.copyOf(atNextStart));
    }

    private static @Nullable String text(Key<?> key, Loaded loaded) {
        String open = loaded.settings().placeholders().get(key.name());
        RawValue raw = loaded.given().get(key.name());
        return open != null || raw == null ? open : raw.value();
    }

    private Fault waiting(Key<?> key, @Nullable RawValue edited) {
        RawValue before = started.given().get(key.name());
        RawValue at = edited == null ? before : edited;
        String value = started.settings().placeholders().get(key.name());
        return Fault.warning(
                at == null
                        ? Origin.DEFAULTS.place()
                        : edited == null
                                ? Place.of(at.origin().source())
                                : at.origin().place(),
                key.name(),
                "'%s' takes effect at the next start%s"
                        .formatted(key.name(), value == null ? "" : "; until then it is " + value));
    }

    private Map<String, RawValue> asStarted(Map<String, RawValue> given) {
        Map<String, RawValue> mixed = new LinkedHashMap<>(given);
        for (Key<?> key : Catalogue.KEYS) {
            if (!key.live()) {
                mixed.remove(key.name());
                RawValue before = started.given().get(key.name());
                if (before != null) {
                    mixed.put(key.name(), before);
                }
            }
        }
        return mixed;
    }
}
