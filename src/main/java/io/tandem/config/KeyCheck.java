package io.tandem.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds keys that do not exist, and says which ones were meant. */
final class KeyCheck {
    /** Words by which other tools switch verification off. */
    private static final Pattern TRUST_ALL = Pattern.compile(
            "insecure|verif|trust-?all|trust-?any|skip-|self-?signed|hostname|ca-?file|ca-?cert|truststore|tls\\.trust",
            Pattern.CASE_INSENSITIVE);

    private KeyCheck() {}

    /** {@code references}: the keys that routes and other values refer to. */
    static void check(Collection<RawValue> values, Set<String> references, Faults faults) {
        Set<String> badNames = new HashSet<>();
        for (RawValue value : values) {
            String key = value.key();
            Catalogue.Match match = Catalogue.match(key);
            if (match != null) {
                String target = match.target();
                if (!target.isEmpty() && !TargetNames.valid(target) && badNames.add(target)) {
                    faults.add(
                            value.origin(),
                            key,
                            "bad target name '%s' in '%s': expected %s, such as api-one"
                                    .formatted(target, key, TargetNames.EXPECTED));
                }
            } else if (!isAllowed(value, references)) {
                faults.add(
                        value.origin(),
                        key,
                        "unknown key '%s'".formatted(key)
                                + insteadOfTrustingAll(key)
                                        .or(() -> nearest(key).map("; did you mean '%s'?"::formatted))
                                        .orElse(Catalogue.isReserved(key) ? "" : ", to which no route refers"));
            }
        }
    }

    /** What to do for those who want certificates, or the names in them, not to be looked at. */
    private static Optional<String> insteadOfTrustingAll(String key) {
        Catalogue.TargetKey ofTarget = Catalogue.TargetKey.of(key);
        if (ofTarget == null || !TRUST_ALL.matcher(ofTarget.rest()).find()) {
            return Optional.empty();
        }
        Key<?> trust = ofTarget.rest().startsWith("oauth.") ? Catalogue.OAUTH_TRUST : Catalogue.TRUST;
        return Optional.of("; certificates are always verified: to trust another authority, set %s=%s"
                .formatted(trust.at(ofTarget.target()), trust.example()));
    }

    private static boolean isAllowed(RawValue value, Set<String> references) {
        String key = value.key();
        if (Catalogue.isReserved(key)) {
            return key.startsWith(Catalogue.CAMEL_PREFIX);
        }
        // A mounted folder may hold all kinds of files that are not for us
        return references.contains(key) || value.file() != null;
    }

    /** The key that {@code unknown} most likely stands for; empty when none is near. */
    static Optional<String> nearest(String unknown) {
        Catalogue.TargetKey ofTarget = Catalogue.TargetKey.of(unknown);
        if (ofTarget != null) {
            return nearest(ofTarget.rest(), candidatesOfTarget(ofTarget.rest()))
                    .map(rest -> Catalogue.TARGET_PREFIX + ofTarget.target() + "." + rest);
        }
        if (unknown.startsWith(Catalogue.TARGET_PREFIX)) {
            String rest = unknown.substring(Catalogue.TARGET_PREFIX.length());
            return nearest(rest, candidatesOfTarget(rest)).map("target.<name>."::concat);
        }
        if (unknown.startsWith(Catalogue.TANDEM_PREFIX)) {
            return nearestGlobal(unknown.substring(Catalogue.TANDEM_PREFIX.length()));
        }
        return withPrefixMended(unknown).or(() -> nearestGlobal(unknown));
    }

    /** {@code tandm.http.port}, and keys whose prefix was left out. */
    private static Optional<String> withPrefixMended(String unknown) {
        for (String prefix : List.of(Catalogue.TANDEM_PREFIX, Catalogue.TARGET_PREFIX)) {
            if (Catalogue.match(prefix + unknown) != null) {
                return Optional.of(prefix + unknown);
            }
        }
        int dot = unknown.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        return NearestKey.among(List.of("tandem", "target"), unknown.substring(0, dot), 2)
                .map(prefix -> prefix + unknown.substring(dot))
                .flatMap(mended -> Catalogue.match(mended) != null ? Optional.of(mended) : nearest(mended));
    }

    private static Optional<String> nearestGlobal(String rest) {
        List<String> candidates = Catalogue.KEYS.stream()
                .filter(key -> !key.ofTarget())
                .map(key -> key.name().substring(Catalogue.TANDEM_PREFIX.length()))
                .toList();
        return nearest(rest, candidates).map(Catalogue.TANDEM_PREFIX::concat);
    }

    private static Optional<String> nearest(String rest, List<String> candidates) {
        return withPartLeftOut(rest, candidates).or(() -> NearestKey.among(candidates, rest));
    }

    /** {@code client-id} for {@code oauth.client-id}, when it is the only one that ends so. */
    private static Optional<String> withPartLeftOut(String rest, List<String> candidates) {
        List<String> ending =
                candidates.stream().filter(key -> key.endsWith("." + rest)).toList();
        return ending.size() == 1 ? Optional.of(ending.get(0)) : Optional.empty();
    }

    private static List<String> candidatesOfTarget(String rest) {
        Stream<String> fixed = Catalogue.KEYS.stream()
                .filter(key -> key.ofTarget() && !key.openEnded())
                .map(Key::rest);
        Stream<String> open = Catalogue.KEYS.stream()
                .filter(Key::openEnded)
                .flatMap(key -> chosenPart(key.stem(), rest).map(key.stem()::concat).stream());
        return Stream.concat(fixed, open).toList();
    }

    /** What {@code rest} has after as many dots as {@code stem} has. */
    private static Optional<String> chosenPart(String stem, String rest) {
        int dots = (int) stem.chars().filter(c -> c == '.').count();
        String[] parts = rest.split("\\.", dots + 1);
        return parts.length > dots && !parts[dots].isEmpty() ? Optional.of(parts[dots]) : Optional.empty();
    }
}
