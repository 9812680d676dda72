package io.tandem.egress;

import java.net.UnknownHostException;

/** A server has no address to which a connection may be made. Names the host, and no address. */
public final class DeniedAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    DeniedAddressException(String host) {
        super("every address of " + host + " is denied");
    }
}
