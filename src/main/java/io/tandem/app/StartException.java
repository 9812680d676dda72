package io.tandem.app;

import io.tandem.app.RouteLoader.FaultsException;
import io.tandem.journal.JournalException;
import io.tandem.server.TlsFilesException;
import java.util.stream.Collectors;

/** Tandem can't start; the message says where, why and what to do, in a line for people. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    private StartException(String message, Throwable cause) {
        super(message, cause);
    }

    static StartException port(String host, int port, String key, Throwable cause) {
        if (cause.getCause() instanceof TlsFilesException tls) {
            return new StartException(String.valueOf(tls.getMessage()), tls);
        }
        Throwable root = root(cause);
        String reason = root instanceof java.net.BindException ? "is taken or not allowed" : "can't be used";
        return new StartException(
                "port " + port + " of " + host + " " + reason + " (" + root.getMessage() + "): set " + key
                        + " to a free one",
                cause);
    }

    static StartException journal(JournalException cause) {
        return new StartException("the journal can't be opened: " + cause.getMessage(), cause);
    }

    static StartException routes(FaultsException cause) {
        return new StartException(
                cause.faults().stream()
                        .map(fault -> "the routes can't start: " + fault.line())
                        .collect(Collectors.joining("\n")),
                cause);
    }

    private static Throwable root(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }
}
