package io.tandem.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** The addresses by which only this machine connects to itself. */
final class Loopback {
    private static final Pattern V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

    private Loopback() {}

    /** A name but localhost may stand for any address, now or later. */
    static boolean includes(String host) {
        if (host.equalsIgnoreCase("localhost") || V4.matcher(host).matches()) {
            return true;
        }
        try {
            // what has a colon is an address, for which no name server is asked
            return host.contains(":") && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
