package io.tandem.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A value as it was written, before placeholders are resolved.
 *
 * @param file the mounted file whose whole content is the value, else null
 */
record RawValue(String key, String value, Origin origin, @Nullable Path file) {
    static RawValue of(String key, String value, Origin origin) {
        return new RawValue(key, value, origin, null);
    }

    /** Whether the value stands for itself: generated passwords may well hold what looks like a placeholder. */
    boolean literal() {
        return file != null && Catalogue.sensitivity(key) == Sensitivity.SECRET;
    }

    /** Without the value, which may be a secret. */
    @Override
    public String toString() {
        return key + " (" + origin.place() + ")";
    }
}
