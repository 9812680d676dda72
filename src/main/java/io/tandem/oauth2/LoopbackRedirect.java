package io.tandem.oauth2;

import java.util.regex.Pattern;

/**
 * Where the browser comes back to after a login: a listener on this machine alone (RFC 8252 §7.3). Immutable.
 *
 * @param host {@code 127.0.0.1}, or {@code localhost} for servers that know no other
 * @param port 0: a free one, for servers that take any (as they should)
 * @param path as registered at the server
 */
public record LoopbackRedirect(String host, int port, String path) {
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~/-]*");

    /** {@code http://127.0.0.1:<any>/callback}. */
    public static final LoopbackRedirect DEFAULT = new LoopbackRedirect("127.0.0.1", 0, "/callback");

    /** Checks that it is a loopback address. */
    public LoopbackRedirect {
        if (!host.equals("127.0.0.1") && !host.equals("localhost")) {
            throw new IllegalArgumentException("a login comes back to 127.0.0.1 or localhost, not to '" + host + "'");
        }
        if (port < 0 || port > 65535 || !PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("a login can't come back to port " + port + ", path '" + path + "'");
        }
    }
}
