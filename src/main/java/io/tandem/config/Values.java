package io.tandem.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns what was written into typed values. A value that can't be used is noted as a fault, and its key's example is
 * returned in its stead: reading goes on, so that all faults are found, and nobody sees the result. For one thread.
 */
final class Values {
    static final String FILE_REFERENCE = "file:";

    private final Map<String, RawValue> given;
    private final Placeholders placeholders;
    private final Path workingDirectory;
    private final Faults faults;
    private final Map<String, String> open = new LinkedHashMap<>();

    Values(Map<String, RawValue> given, Placeholders placeholders, Path workingDirectory, Faults faults) {
        this.given = given;
        this.placeholders = placeholders;
        this.workingDirectory = workingDirectory;
        this.faults = faults;
    }

    /** The value of a key that has a default. */
    <T> T get(Key<T> key) {
        return get(key, key.name());
    }

    /** The value of a target's key that has a default. */
    <T> T get(Key<T> key, String name) {
        T value = find(key, name);
        return value == null ? example(key) : value;
    }

    /** The value, or the default; null when there is neither. */
    <T> @Nullable T find(Key<T> key, String name) {
        RawValue raw = given.get(name);
        return raw == null ? standard(key, name) : written(key, raw, example(key));
    }

    /** As {@link #find}, but null also when the value can't be used: for what other checks depend on. */
    <T> @Nullable T usable(Key<T> key, String name) {
        RawValue raw = given.get(name);
        return raw == null ? standard(key, name) : written(key, raw, null);
    }

    /** As {@link #find}, of a file that must be there, relative to the working directory. */
    @Nullable
    Path findFile(Key<Path> key, String name) {
        Path path = usable(key, name);
        if (path == null) {
            return given.containsKey(name) ? find(key, name) : null;
        }
        Path file = workingDirectory.resolve(path).normalize();
        String problem = !Files.exists(file)
                ? "no such file"
                : Files.isDirectory(file) ? "it is a folder" : Files.isReadable(file) ? null : "permission denied";
        if (problem != null) {
            faults.add(origin(name), name, "the file of '%s', %s, can't be used: %s".formatted(name, file, problem));
        }
        return file;
    }

    /** As {@link #find}, of a secret. */
    @Nullable
    Secret findSecret(Key<Secret> key, String name) {
        RawValue raw = given.get(name);
        if (raw == null) {
            return null;
        }
        SecretFile.Form form =
                key.type().equals(ValueTypes.SECRET_LINES) ? SecretFile.Form.LINES : SecretFile.Form.LINE;
        Path mounted = raw.file();
        if (mounted != null) {
            return secretIn(mounted, form, raw);
        }
        try {
            String text = SecretFile.normalise(placeholders.resolve(raw));
            if (text.isBlank()) {
                return null;
            }
            if (text.startsWith(FILE_REFERENCE)) {
                return secretIn(fileOf(text), form, raw);
            }
            String fault = form.fault(text);
            if (fault != null) {
                throw new BadValue(fault);
            }
            return Secret.of(text);
        } catch (Placeholders.UnresolvedException e) {
            unresolved(e);
        } catch (BadValue e) {
            bad(key, raw, e.reason());
        }
        return Secret.of("");
    }

    /** Resolves a key that the catalogue does not know, for routes to refer to. */
    void expose(RawValue own) {
        try {
            open.put(own.key(), placeholders.resolve(own));
        } catch (Placeholders.UnresolvedException e) {
            unresolved(e);
        }
    }

    /** All values read so far that are no secrets, as text. */
    Map<String, String> open() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(open));
    }

    /** Where the key was given; the defaults when it was not. */
    Origin origin(String name) {
        RawValue raw = given.get(name);
        return raw == null ? Origin.DEFAULTS : raw.origin();
    }

    private <T> @Nullable T standard(Key<T> key, String name) {
        String text = key.standard();
        if (text == null) {
            return null;
        }
        try {
            String resolved = placeholders.resolve(RawValue.of(name, text, Origin.DEFAULTS));
            T value = key.type().parse(resolved);
            remember(key, name, resolved);
            return value;
        } catch (Placeholders.UnresolvedException | BadValue e) {
            // The default follows another key, whose own fault is told there
            return example(key);
        }
    }

    /** {@code substitute} when the value can't be used; null when it is empty, which is as good as not given. */
    private <T> @Nullable T written(Key<T> key, RawValue raw, @Nullable T substitute) {
        try {
            String text = placeholders.resolve(raw).strip();
            if (text.isEmpty() && key.standard() == null) {
                return null;
            }
            T value = key.type().parse(text);
            remember(key, raw.key(), text);
            return value;
        } catch (Placeholders.UnresolvedException e) {
            unresolved(e);
        } catch (BadValue e) {
            bad(key, raw, e.reason());
        }
        return substitute;
    }

    private void remember(Key<?> key, String name, String text) {
        if (key.sensitivity() == Sensitivity.OPEN) {
            open.put(name, text);
        }
    }

    private static <T> T example(Key<T> key) {
        return key.type().parse(key.example());
    }

    private Path fileOf(String reference) {
        String path = reference.substring(FILE_REFERENCE.length()).strip().replaceFirst("^//(?=/)", "");
        try {
            return workingDirectory.resolve(path);
        } catch (InvalidPathException e) {
            throw new BadValue("it names no file");
        }
    }

    private Secret secretIn(Path file, SecretFile.Form form, RawValue raw) {
        try {
            return Secret.from(SecretFile.open(file, form, System::nanoTime));
        } catch (IOException e) {
            faults.add(
                    raw.origin(),
                    raw.key(),
                    "the file of '%s', %s, can't be used: %s".formatted(raw.key(), file, Reasons.of(e)));
            return Secret.of("");
        }
    }

    private void unresolved(Placeholders.UnresolvedException e) {
        RawValue at = e.at();
        faults.add(at.origin(), at.key(), "bad placeholder in '%s': %s".formatted(at.key(), e.problem()));
    }

    private void bad(Key<?> key, RawValue raw, String reason) {
        String expected = "expected %s, such as %s".formatted(key.type().expected(), key.example());
        // As written, not as resolved: an environment variable may hold a secret, even when it is the wrong one here
        String value = key.sensitivity() == Sensitivity.OPEN ? "'%s' ".formatted(Redaction.shown(raw.value())) : "";
        faults.add(
                raw.origin(),
                raw.key(),
                "bad value %sfor '%s': %s%s"
                        .formatted(value, raw.key(), expected, reason.isEmpty() ? "" : " (" + reason + ")"));
    }
}
