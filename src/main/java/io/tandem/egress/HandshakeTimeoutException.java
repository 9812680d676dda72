package io.tandem.egress;

import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;

/** A connection was made, but no TLS handshake came about in time. */
public final class HandshakeTimeoutException extends SSLException {
    private static final long serialVersionUID = 1L;

    HandshakeTimeoutException(SocketTimeoutException cause) {
        super("no TLS handshake in time", cause);
    }
}
