package io.tandem.config;

import java.util.regex.Pattern;

/** What a target may be called: a DNS label, so that the name fits host names, metrics and Kubernetes objects. */
final class TargetNames {
    static final String EXPECTED = "lower-case letters, digits and hyphens, at most 63, with no hyphen at either end";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private TargetNames() {}

    static boolean valid(String name) {
        return NAME.matcher(name).matches();
    }
}
