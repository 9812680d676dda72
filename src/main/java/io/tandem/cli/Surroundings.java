package io.tandem.cli;

import io.tandem.config.Settings;
import io.tandem.oauth2.LoginSettings;
import io.tandem.oauth2.LoopbackRedirect;
import io.tandem.target.OAuth2Targets;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * What commands find around them, apart from their arguments. Immutable.
 *
 * @param logins what a login at a target needs; throws IllegalArgumentException, with a line for people, when there is
 *     nothing to log in to
 * @param browser opens a page, or does nothing where there is no browser; never fails
 * @param in standard input
 * @param terminal whether somebody is watching, and can answer
 */
record Surroundings(
        BiFunction<Settings, Settings.Target, Login> logins, Consumer<URI> browser, InputStream in, boolean terminal) {

    /** What a login needs, and where the browser comes back to. */
    record Login(LoginSettings settings, LoopbackRedirect redirect) {}

    static Surroundings usual() {
        return new Surroundings(
                Surroundings::login,
                new Browser(),
                System.in,
                Optional.ofNullable(System.console())
                        .filter(Surroundings::isTerminal)
                        .isPresent());
    }

    /**
     * A line that somebody types without its being shown, or that is piped in; empty when there is none.
     *
     * @param prompt shown at a terminal
     */
    String secret(String prompt) throws IOException {
        Optional<Console> console = Optional.ofNullable(System.console());
        if (terminal && in.equals(System.in) && console.isPresent()) {
            char[] typed = console.get().readPassword("%s", prompt);
            return typed == null ? "" : new String(typed);
        }
        String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }

    private static Login login(Settings settings, Settings.Target target) {
        return new Login(OAuth2Targets.loginSettings(settings, target), OAuth2Targets.redirect(target));
    }

    /** Before Java 22 there is a console only at a terminal; since then it is asked. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
