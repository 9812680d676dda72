package io.tandem.entry.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that a page is made of, from the class path: its own, and those of web jars. Browsers let such a page load
 * nothing from elsewhere, run no inline script and talk to nobody else. Files are read when they are asked for.
 * Thread-safe.
 */
public final class PageFiles {
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png");

    private final Class<?> beside;
    private final Map<String, String> headers;
    private final Map<String, String> versions = new ConcurrentHashMap<>();

    /**
     * @param beside the page's own files are in its package
     * @param more directives of the Content-Security-Policy, to begin with {@code ;}
     */
    public PageFiles(Class<?> beside, String more) {
        this.beside = beside;
        this.headers = Map.of(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                        + " form-action 'none'; frame-ancestors 'none'" + more,
                "Cross-Origin-Opener-Policy",
                "same-origin",
                "Referrer-Policy",
                "no-referrer");
    }

    /** A file of the page's own. */
    public StaticResource own(String file) {
        return resource(file, new Content(() -> read(file)));
    }

    /** A file of a web jar; its version, which is in its paths, only the build has to know. */
    public StaticResource webJar(String group, String artifact, String file) {
        return resource(
                file,
                new Content(() -> read("/META-INF/resources/webjars/" + artifact + "/"
                        + versions.computeIfAbsent(group + "/" + artifact, this::version) + "/" + file)));
    }

    private StaticResource resource(String file, Content content) {
        String type = CONTENT_TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalArgumentException(file + " is of no known type");
        }
        return StaticResource.of(type, headers, () -> content);
    }

    private String version(String jar) {
        Properties properties = new Properties();
        try (InputStream in = open("/META-INF/maven/" + jar + "/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the version of " + jar + " can't be read", e);
        }
        return properties.getProperty("version");
    }

    private byte[] read(String file) {
        try (InputStream in = open(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read", e);
        }
    }

    private InputStream open(String file) {
        InputStream in = beside.getResourceAsStream(file);
        if (in == null) {
            throw new IllegalStateException(file + " is not on the class path");
        }
        return in;
    }
}
