package io.tandem.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeniedAddressesTest {
    private static DeniedAddresses denied(String network, int prefix) throws UnknownHostException {
        return new DeniedAddresses(List.of(new DeniedAddresses.Block(InetAddress.getByName(network), prefix)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0, 8, 10.255.0.1, true",
        "10.0.0.0, 8, 11.0.0.0, false",
        "172.16.0.0, 12, 172.31.255.255, true",
        "172.16.0.0, 12, 172.32.0.0, false",
        "169.254.169.254, 32, 169.254.169.254, true",
        "169.254.169.254, 32, 169.254.169.255, false",
        "0.0.0.0, 0, 8.8.8.8, true",
        "0.0.0.0, 0, 2001:db8::1, false",
        "fc00::, 7, fd00::1, true",
        "fc00::, 7, fe80::1, false",
        "10.0.0.0, 8, ::ffff:10.1.2.3, true",
        "10.0.0.0, 8, ::10.1.2.3, true",
        "10.0.0.0, 8, 64:ff9b::10.1.2.3, true",
        "10.0.0.0, 8, 2002:0a01:0203::1, true",
        "10.0.0.0, 8, 2002:0b01:0203::1, false",
        "64:ff9b::, 96, 64:ff9b::8.8.8.8, true",
    })
    void addressIsCoveredWhenInTheBlock(String network, int prefix, String address, boolean covered)
            throws UnknownHostException {
        assertThat(denied(network, prefix).covers(InetAddress.getByName(address)))
                .isEqualTo(covered);
    }

    /** However the address is written: what counts is what it resolves to. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.0.0.1", "::ffff:127.0.0.1"})
    void nameIsDeniedWhenItResolvesToNothingElse(String name) throws UnknownHostException {
        DeniedAddresses loopback = new DeniedAddresses(List.of(
                new DeniedAddresses.Block(InetAddress.getByName("127.0.0.0"), 8),
                new DeniedAddresses.Block(InetAddress.getByName("::1"), 128)));

        assertThatThrownBy(() -> loopback.resolver().resolve(name)).isInstanceOf(UnknownHostException.class);
        assertThat(DeniedAddresses.NONE.resolver().resolve("127.0.0.1")).hasSize(1);
    }

    @Test
    void reasonNamesNoAddress() throws UnknownHostException {
        DeniedAddresses loopback = denied("127.0.0.0", 7);

        assertThatThrownBy(() -> loopback.resolver().resolve("127.0.0.1")).isInstanceOf(DeniedAddressException.class);
    }
}
