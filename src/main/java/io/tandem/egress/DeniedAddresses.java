package io.tandem.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * The addresses to which no connection is made. Looked at are the very addresses that are then connected to, so that a
 * name that resolves to something else from one moment to the next gains nothing. Immutable.
 *
 * @param blocks each a range of addresses; none: everything is allowed
 */
public record DeniedAddresses(List<Block> blocks) {
    /** Denies nothing. */
    public static final DeniedAddresses NONE = new DeniedAddresses(List.of());

    /** RFC 6052 §2.1: IPv4 behind NAT64. */
    private static final Block NAT64 = new Block(address(0x00, 0x64, 0xff, 0x9b), 96);

    /** RFC 4291 §2.5.5.1: IPv4 in the last four bytes, and nothing before. */
    private static final Block IPV4_COMPATIBLE = new Block(address(), 96);

    /** RFC 3056 §2: IPv4 in the four bytes that follow. */
    private static final Block SIX_TO_FOUR = new Block(address(0x20, 0x02), 16);

    /** Keeps a copy. */
    public DeniedAddresses {
        blocks = List.copyOf(blocks);
    }

    /**
     * All addresses that begin as {@code network} does (RFC 4632).
     *
     * @param prefix how many bits of it count
     */
    public record Block(InetAddress network, int prefix) {
        boolean covers(InetAddress address) {
            byte[] wanted = network.getAddress();
            byte[] given = address.getAddress();
            if (wanted.length != given.length) {
                return false;
            }
            for (int bit = 0; bit < prefix; bit++) {
                int mask = 0x80 >> bit % 8;
                if (((wanted[bit / 8] ^ given[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Whether no connection may be made to this address. An IPv4 address counts in each of its IPv6 disguises. */
    public boolean covers(InetAddress address) {
        InetAddress plain = withoutDisguise(address);
        return blocks.stream().anyMatch(block -> block.covers(address) || block.covers(plain));
    }

    /** Resolves names to what is left of their addresses. */
    DnsResolver resolver() {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                InetAddress[] allowed = Arrays.stream(SystemDefaultDnsResolver.INSTANCE.resolve(host))
                        .filter(address -> !covers(address))
                        .toArray(InetAddress[]::new);
                if (allowed.length == 0) {
                    throw new DeniedAddressException(host);
                }
                return allowed;
            }

            @Override
            public String resolveCanonicalHostname(String host) throws UnknownHostException {
                return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
            }
        };
    }

    // An IPv4-mapped address needs no care: Java takes it for the IPv4 address that it is.
    private static InetAddress withoutDisguise(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (SIX_TO_FOUR.covers(address)) {
            return ofBytes(Arrays.copyOfRange(bytes, 2, 6));
        }
        return NAT64.covers(address) || IPV4_COMPATIBLE.covers(address)
                ? ofBytes(Arrays.copyOfRange(bytes, 12, 16))
                : address;
    }

    /** The IPv6 address that begins so, and goes on with zeros. */
    private static InetAddress address(int... begin) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < begin.length; i++) {
            bytes[i] = (byte) begin[i];
        }
        return ofBytes(bytes);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("neither 4 nor 16 bytes", e);
        }
    }
}
