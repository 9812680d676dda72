package io.tandem.cli;

import io.tandem.config.ConfigurationLoader;
import io.tandem.config.Settings.Address;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
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
            description = "A header of each call; may be given several times. What is secret belongs into a file.")
    private List<String> headers = new ArrayList<>();

    @Nullable
    @Option(
            names = "--api-key",
            paramLabel = "SOURCE",
            description = "Calls with the API key in file:PATH, or in the environment variable of env:NAME.")
    private String apiKey;

    @Nullable
    @Option(
            names = "--token",
            paramLabel = "SOURCE",
            description = "Calls with the access token in file:PATH or env:NAME.")
    private String token;

    @Nullable
    @Option(names = "--user", paramLabel = "NAME", description = "Calls with this name, and the --password.")
    private String user;

    @Nullable
    @Option(names = "--password", paramLabel = "SOURCE", description = "The password in file:PATH or env:NAME.")
    private String password;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long to wait for an answer: 30s, 10m; default: 5m.")
    private Duration timeout = Duration.ofMinutes(5);

    @Nullable
    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Certificates by which Tandem's is trusted, PEM, instead of those of the Java runtime.")
    private Path trust;

    @Nullable
    @Option(
            names = "--keystore",
            paramLabel = "FILE",
            description = "Calls with the certificate and key in this PKCS12 file, and --keystore-password.")
    private Path keystore;

    @Nullable
    @Option(
            names = "--keystore-password",
            paramLabel = "SOURCE",
            description = "The password of the keystore in file:PATH or env:NAME.")
    private String keystorePassword;

    /** Connects to nobody yet. */
    TandemClient client() {
        Address configured = url != null && apiKey == null
                ? null
                : QuietLog.during(() -> ConfigurationLoader.address(configuration.sources()));
        List<Map.Entry<String, String>> all = new ArrayList<>();
        headers.forEach(text -> all.add(header(text)));
        if (apiKey != null && configured != null) {
            all.add(Map.entry(configured.keyHeader(), secret("--api-key", apiKey)));
        }
        if (token != null) {
            all.add(Map.entry("Authorization", "Bearer " + secret("--token", token)));
        }
        if (user != null && password != null) {
            byte[] pair = (user + ":" + secret("--password", password)).getBytes(StandardCharsets.UTF_8);
            all.add(Map.entry("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair)));
        } else if (user != null || password != null) {
            throw wrong("--user and --password belong together");
        }
        try {
            return new TandemClient(url == null ? base(configured) : given(url), all, timeout, tls());
        } catch (IllegalArgumentException e) {
            // the JDK's client does not let everybody set every header; what it says shows the value
            throw wrong(
                    e.getMessage() != null && e.getMessage().startsWith("restricted")
                            ? "--header: " + e.getMessage()
                            : "a header can't be sent: is its value one line of text?");
        }
    }

    /** Null: as the Java runtime does it. */
    private @Nullable SSLContext tls() {
        if (trust == null && keystore == null) {
            return null;
        }
        char[] password = keystorePassword == null
                ? new char[0]
                : secret("--keystore-password", keystorePassword).toCharArray();
        try {
            return ClientTls.context(trust, keystore, password);
        } catch (IOException | GeneralSecurityException e) {
            throw wrong("--cacert, --keystore: a file or its password is not good: " + Text.printable(e.getMessage()));
        }
    }

    /** What is not for the command line, which everybody on this machine can see. */
    private String secret(String option, String source) {
        String value = null;
        if (source.startsWith("env:")) {
            value = System.getenv(source.substring(4));
        } else if (source.startsWith("file:")) {
            try {
                value = Files.readString(Path.of(source.substring(5))).strip();
            } catch (IOException | InvalidPathException e) {
                throw wrong(option + ": the file can't be read");
            }
        } else {
            // not shown: it may be the secret itself
            throw wrong(option + ": expected file:PATH or env:NAME");
        }
        if (value == null || value.isEmpty()) {
            throw wrong(option + ": there is nothing in " + source);
        }
        return value;
    }

    private URI base(@Nullable Address address) {
        if (address == null) {
            throw new IllegalStateException("the address is read when there is no --url");
        }
        String host = ANY_INTERFACE.contains(address.host()) ? "127.0.0.1" : address.host();
        if (address.port() == 0) {
            throw wrong("tandem.http.port=0 lets Tandem take any free port: give --url");
        }
        boolean bare = host.contains(":") && !host.startsWith("[");
        return URI.create(
                (address.tls() ? "https://" : "http://") + (bare ? "[" + host + "]" : host) + ":" + address.port());
    }

    private URI given(String text) {
        URI given;
        try {
            given = new URI(text.replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            throw wrong("--url: '" + text + "' is not a URL such as http://127.0.0.1:8080");
        }
        boolean http = "http".equalsIgnoreCase(given.getScheme()) || "https".equalsIgnoreCase(given.getScheme());
        if (!http || given.getHost() == null || given.getRawQuery() != null || given.getRawFragment() != null) {
            throw wrong("--url: '" + text + "' is not a URL such as http://127.0.0.1:8080");
        }
        if (given.getRawUserInfo() != null) {
            throw wrong("--url: give credentials by --api-key, --token, or --user and --password");
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
