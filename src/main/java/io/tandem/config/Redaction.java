package io.tandem.config;

/** Makes a value fit for a message: URLs lose what may be a credential, and long texts their end. */
final class Redaction {
    private static final int LONGEST = 100;

    private Redaction() {}

    static String shown(String value) {
        String shown = value;
        if (value.contains("//")) {
            shown = value.replaceFirst("//.*@", "//***@").replaceFirst("\\?.*", "?***");
        }
        return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST) + "…";
    }
}
