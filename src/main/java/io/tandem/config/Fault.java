package io.tandem.config;

/**
 * One thing that is wrong with the configuration or the routes. Immutable; never holds the value of a secret.
 *
 * @param key the key of the configuration it is about; empty when there is none
 * @param message what is wrong and what to do, in one line, without the place
 */
public record Fault(Severity severity, Place place, String key, String message) {
    /** What keeps Tandem from starting. */
    public static Fault error(Place place, String key, String message) {
        return new Fault(Severity.ERROR, place, key, message);
    }

    /** What can hardly be meant. */
    public static Fault warning(Place place, String key, String message) {
        return new Fault(Severity.WARNING, place, key, message);
    }

    /** What helps the next reader. */
    public static Fault hint(Place place, String message) {
        return new Fault(Severity.HINT, place, "", message);
    }

    /** For a log: {@code application.properties:12: unknown key 'tandem.http.prot'; …}. */
    public String line() {
        return place + ": " + message;
    }

    /** As compilers print it, for editors to jump to: {@code application.properties:12:1: error: unknown key …}. */
    public String report() {
        String column = place.line() > 0 && place.column() == 0 ? ":1" : "";
        return place + column + ": " + severity.word() + ": " + message;
    }
}
