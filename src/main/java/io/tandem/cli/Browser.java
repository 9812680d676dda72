package io.tandem.cli;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Opens pages in the person's browser where there is a desktop. That it can't is no failure: the URL is printed too. */
final class Browser implements Consumer<URI> {
    @Override
    public void accept(URI page) {
        List<String> command = command(System.getProperty("os.name", ""), System.getenv(), page);
        if (command.isEmpty()) {
            return;
        }
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .getOutputStream()
                    .close();
        } catch (IOException e) {
            // there is none, or it does not start: the person has the URL
        }
    }

    /** What opens the page; empty where there is no desktop. */
    static List<String> command(String system, Map<String, String> environment, URI page) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return List.of("open", page.toString());
        }
        if (name.startsWith("windows")) {
            return List.of("rundll32", "url.dll,FileProtocolHandler", page.toString());
        }
        boolean desktop = !environment.getOrDefault("DISPLAY", "").isBlank()
                || !environment.getOrDefault("WAYLAND_DISPLAY", "").isBlank();
        return desktop ? List.of("xdg-open", page.toString()) : List.of();
    }
}
