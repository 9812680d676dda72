package io.tandem.openapi;

import io.tandem.entry.http.HttpEntry;
import io.tandem.entry.http.PageFiles;
import io.tandem.entry.http.StaticResource;

/**
 * The page that shows the contract and tries it out: Swagger UI from its web jar, with nothing from elsewhere and no
 * inline script.
 */
public final class DocsPage {
    private DocsPage() {}

    /**
     * Puts the page at {@code /docs}; it shows {@code /openapi.json}.
     *
     * @param access who gets it
     */
    public static void serve(HttpEntry entry, HttpEntry.Access access) {
        // Swagger UI's style sheet has its icons as data
        PageFiles files = new PageFiles(DocsPage.class, "; img-src 'self' data:");
        entry.serve("/docs", access, files.own("docs.html"));
        entry.serve("/docs/", access, StaticResource.movedTo("../docs"));
        entry.serve("/docs/docs.css", access, files.own("docs.css"));
        entry.serve("/docs/docs.js", access, files.own("docs.js"));
        for (String file : new String[] {"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"}) {
            entry.serve("/docs/" + file, access, files.webJar("org.webjars", "swagger-ui", file));
        }
    }
}
