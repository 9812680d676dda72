package io.tandem.cli;

import io.tandem.config.ConfigurationLoader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that call a running Tandem: where it is, and who calls. */
final class ClientOptions {
    /** Addresses of every interface; none that one can connect to everywhere. */
    private static final Set<String> ANY_INTERFACE = Set.of("0.0.0.0", "::", "[::]");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    @Mixin
    private ConfigurationOptions configuration;

    @Nullable
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where Tandem answers; default: this machine, on the port that the configuration says.")
    private String url;

    @Option(
            names = "--header",
            paramLabel = "'NAME: VALUE'",
            description = "A header of each call, such as 'Authorization: Bearer ...'; may be given several times.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long to wait for an answer: 30s, 10m; default: 5m.")
    private Duration timeout = Duration.ofMinutes(5);

    /** Connects to nobody yet. */
    TandemClient client() {
        URI base = base();
        List<Map.Entry<String, String>> named =
                headers.stream().map(this::header).toList();
        try {
            return new TandemClient(base, named, timeout);
        } catch (IllegalArgumentException e) {
            // the JDK's client does not let everybody set every header
            throw wrong("--header: " + e.getMessage());
        }
    }

    private URI base() {
        if (url == null) {
            InetSocketAddress address = QuietLog.during(() -> ConfigurationLoader.httpAddress(configuration.sources()));
            String host = ANY_INTERFACE.contains(address.getHostString()) ? "127.0.0.1" : address.getHostString();
            if (address.getPort() == 0) {
                throw wrong("tandem.http.port=0 lets Tandem take any free port: give --url");
            }
            boolean bare = host.contains(":") && !host.startsWith("[");
            return URI.create("http://" + (bare ? "[" + host + "]" : host) + ":" + address.getPort());
        }
        URI given;
        try {
            given = new URI(url.replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            throw wrong("--url: '" + url + "' is not a URL such as http://127.0.0.1:8080");
        }
        boolean http = "http".equalsIgnoreCase(given.getScheme()) || "https".equalsIgnoreCase(given.getScheme());
        if (!http || given.getHost() == null || given.getRawQuery() != null || given.getRawFragment() != null) {
            throw wrong("--url: '" + url + "' is not a URL such as http://127.0.0.1:8080");
        }
        if (given.getRawUserInfo() != null) {
            throw wrong("--url: give credentials by --header 'Authorization: ...'");
        }
        return given;
    }

    private Map.Entry<String, String> header(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            // not shown: it may be the secret itself
            throw wrong("--header: expected 'Name: value'");
        }
        return Map.entry(
                text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }

    private ParameterException wrong(String reason) {
        return new ParameterException(mixee.commandLine(), reason);
    }
}
