package io.tandem.caller;

import io.tandem.config.Settings;

/** What a request asks for. */
public enum Permission {
    /** To send a message, or to change something else. */
    SEND,
    /** To see what is there. */
    READ,
    /** To have a message tried again. */
    REPLAY;

    /**
     * What a caller must have been granted for a call.
     *
     * @param path as the route has it, such as {@code /messages/{id}}
     */
    public static Permission of(String method, String path) {
        if (method.equals("GET") || method.equals("HEAD")) {
            return READ;
        }
        return path.endsWith("/replay") ? REPLAY : SEND;
    }

    /** The scope that stands for it. */
    public String scope(Settings.Scopes scopes) {
        return switch (this) {
            case SEND -> scopes.send();
            case READ -> scopes.read();
            case REPLAY -> scopes.replay();
        };
    }
}
