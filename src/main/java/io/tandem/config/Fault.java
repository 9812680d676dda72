package io.tandem.config;

/**
 * One thing that is wrong with the configuration. Immutable; never holds the value of a secret.
 *
 * @param place the file and line, the environment variable, or the command line
 * @param key the key it is about; empty when there is none
 * @param message what is wrong and what to do, in one line, without the place
 */
public record Fault(String place, String key, String message) {
    /** As a compiler would print it: {@code application.properties:12: unknown key 'tandem.http.prot'; …}. */
    public String line() {
        return place + ": " + message;
    }
}
