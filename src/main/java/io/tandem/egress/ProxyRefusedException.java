package io.tandem.egress;

import java.io.IOException;

/** The proxy answered instead of the server. */
public final class ProxyRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    ProxyRefusedException(int status) {
        super("the proxy answered " + status);
        this.status = status;
    }

    /** What it answered; 407 when it wants other credentials. */
    public int status() {
        return status;
    }
}
