package io.tandem.openapi;

import io.tandem.entry.http.Content;
import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.StaticResource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The page that shows the contract and tries it out: Swagger UI from its web jar, with nothing from elsewhere and no
 * inline script. Files are read when they are asked for.
 */
public final class DocsPage {
    private static final String WEB_JAR = "/META-INF/resources/webjars/swagger-ui/";
    private static final String WEB_JAR_PROPERTIES = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";

    /** Only what is here, and talking to nobody else; Swagger UI's style sheet has its icons as data. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", CONTENT_SECURITY_POLICY,
            "Cross-Origin-Opener-Policy", "same-origin",
            "Referrer-Policy", "no-referrer");

    @Nullable
    private volatile String version;

    private DocsPage() {}

    /**
     * Puts the page at {@code /docs}; it shows {@code /openapi.json}.
     *
     * @param access who gets it
     */
    public static void serve(HttpEntry entry, HttpEntry.Access access) {
        DocsPage page = new DocsPage();
        entry.serve("/docs", access, page.own("docs.html", "text/html; charset=utf-8"));
        entry.serve("/docs/", access, StaticResource.movedTo("../docs"));
        entry.serve("/docs/docs.css", access, page.own("docs.css", "text/css; charset=utf-8"));
        entry.serve("/docs/docs.js", access, page.own("docs.js", "text/javascript; charset=utf-8"));
        entry.serve("/docs/swagger-ui.css", access, page.swaggerUi("swagger-ui.css", "text/css; charset=utf-8"));
        entry.serve(
                "/docs/swagger-ui-bundle.js",
                access,
                page.swaggerUi("swagger-ui-bundle.js", "text/javascript; charset=utf-8"));
        entry.serve("/docs/favicon-32x32.png", access, page.swaggerUi("favicon-32x32.png", "image/png"));
    }

    private StaticResource own(String file, String contentType) {
        Content content = new Content(() -> read(file));
        return StaticResource.of(contentType, HEADERS, () -> content);
    }

    private StaticResource swaggerUi(String file, String contentType) {
        Content content = new Content(() -> read(WEB_JAR + version() + "/" + file));
        return StaticResource.of(contentType, HEADERS, () -> content);
    }

    /** The version is in the paths of the web jar; only the build has to know it. */
    private String version() {
        String known = version;
        if (known == null) {
            Properties properties = new Properties();
            try (InputStream in = open(WEB_JAR_PROPERTIES)) {
                properties.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException("the version of Swagger UI can't be read", e);
            }
            known = properties.getProperty("version");
            version = known;
        }
        return known;
    }

    private static byte[] read(String file) {
        try (InputStream in = open(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read", e);
        }
    }

    private static InputStream open(String file) {
        InputStream in = DocsPage.class.getResourceAsStream(file);
        if (in == null) {
            throw new IllegalStateException(file + " is not on the class path");
        }
        return in;
    }
}
