package io.tandem.config;

import java.nio.file.Path;

/**
 * What takes the place of everything real that a configuration names, where its routes are tried and nothing real may
 * be called: see {@link ConfigurationLoader#rehearse}.
 */
public interface StandIns {
    /**
     * Where a target is called instead.
     *
     * @param path path and query of the URL that is configured, {@code /} when that is not known
     */
    String url(String target, String path);

    /** Where a target's OAuth2 tokens come from instead; any client is let in. */
    String tokenUrl(String target);

    /** In which folder journal, inbox and tokens are instead. */
    Path folder();

    /** Whether the stand-ins answer at once, so that no time-out of a target needs to be as short as it is configured. */
    boolean answerAtOnce();

    /** The value that every secret of a target has instead of its own. */
    static String secret(String target) {
        return "secret-of-" + target;
    }
}
