package io.tandem.oauth2;

import java.nio.charset.StandardCharsets;

/** The page that the browser ends on after a login: words, no script, nothing from elsewhere. */
final class LoginPage {
    private LoginPage() {}

    static byte[] success(String name) {
        return page(
                "You are logged in", "The login for <b>" + escaped(name) + "</b> is saved. You can close this page.");
    }

    static byte[] problem(String why) {
        return page("The login did not work", escaped(why));
    }

    private static byte[] page(String title, String text) {
        return ("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title
                        + "</title><meta name=\"viewport\" content=\"width=device-width\"><style>"
                        + "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;"
                        + "color-scheme:light dark}</style></head><body><main><h1>" + title + "</h1><p>" + text
                        + "</p></main></body></html>")
                .getBytes(StandardCharsets.UTF_8);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
