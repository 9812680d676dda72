package io.tandem.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypesTest {
    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "3s, PT3S", "2m, PT2M", "1h, PT1H", "PT1M30S, PT1M30S", "24h, PT24H", "pt5s, PT5S"})
    void durationIsReadWhenItHasAUnit(String text, Duration expected) {
        assertThat(ValueTypes.DURATION.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3 s", "-3s", "0s", "25h", "1.5s", "PT-1S", "3S", "s", "999999999999h", "P300D"})
    void durationIsRefusedWhenItIsMalformedOrOutOfRange(String text) {
        assertThatThrownBy(() -> ValueTypes.DURATION.parse(text)).isInstanceOf(BadValue.class);
    }

    @Test
    void zeroIsAllowedWhenTheTypeSaysSo() {
        assertThat(ValueTypes.DURATION_OR_ZERO.parse("0s")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "512, 512",
        "512B, 512",
        "64KiB, 65536",
        "1MiB, 1048576",
        "1GiB, 1073741824",
        "2KB, 2000",
        "3MB, 3000000",
        "1GB, 1000000000",
        "2147483647, 2147483647"
    })
    void sizeIsReadWhenItHasAUnitOrNone(String text, int expected) {
        assertThat(ValueTypes.SIZE.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1kb", "1 MiB", "2GiB", "9999999999GiB", "1.5MiB", "MiB"})
    void sizeIsRefusedWhenItIsMalformedOrOutOfRange(String text) {
        assertThatThrownBy(() -> ValueTypes.SIZE.parse(text)).isInstanceOf(BadValue.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "65536", "80a", "99999999999", "0x50", "tcp://10.0.0.1:80"})
    void portIsRefusedWhenItIsNone(String text) {
        assertThatThrownBy(() -> ValueTypes.PORT.parse(text)).isInstanceOf(BadValue.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "localhost", "a-b.example.com", "::", "::1", "fe80::1%eth0"})
    void hostIsKeptWhenItIsANameOrAnAddress(String text) {
        assertThat(ValueTypes.HOST.parse(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://localhost", "localhost:8080", "127.0.0.1:80", "[::1]", "a b"})
    void hostIsRefusedWhenThereIsMoreToIt(String text) {
        assertThatThrownBy(() -> ValueTypes.HOST.parse(text)).isInstanceOf(BadValue.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8081/a",
                "https://api.example.com",
                "HTTPS://api.example.com/x?y=z&a=%20",
                "http://[::1]:9/"
            })
    void urlIsKeptWhenItIsGood(String text) {
        assertThat(ValueTypes.URL.parse(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com/x, it must start with https://",
        "ftp://api.example.com, it must start with https://",
        "//api.example.com, it must start with https://",
        "https:///x, no valid host",
        "https:x, no valid host",
        "https://api_one/x, no valid host",
        "https://user:pw@api.example.com/, no user and password",
        "https://user@api.example.com/, no user and password",
        "https://api.example.com/#top, no fragment",
        "https://api.example.com:70000/, port",
        "https://api.example.com/a b, malformed"
    })
    void urlIsRefusedWithTheReasonWhenItIsBad(String text, String reason) {
        assertThatThrownBy(() -> ValueTypes.URL.parse(text))
                .isInstanceOf(BadValue.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "cookie",
                "Host",
                "Content-Length",
                "content-type",
                "Connection",
                "Transfer-Encoding",
                "Idempotency-Key",
                "TraceParent",
                "Tandem-Message-Id",
                "CamelHttpUri",
                "camelfoo",
                "Proxy-Authorization",
                "X Tenant",
                "X-Tenant:",
                "T\u00e9l"
            })
    void headerIsRefusedWhenItIsNotForCallersToSend(String name) {
        assertThatThrownBy(() -> ValueTypes.HEADER_LIST.parse("X-Good," + name)).isInstanceOf(BadValue.class);
    }

    @Test
    void headersAreComparedWithoutCaseWhenListed() {
        Set<String> names = ValueTypes.HEADER_LIST.parse("X-Tenant, accept-language,,x-tenant");

        assertThat(names).hasSize(2);
        assertThat(names.contains("x-tenant")).isTrue();
        assertThat(names.contains("Accept-Language")).isTrue();
        assertThat(ValueTypes.HEADER_LIST.parse("")).isEmpty();
    }

    @Test
    void scopesAreSplitWhenSeparatedBySpacesOrCommas() {
        assertThat(ValueTypes.SCOPES.parse("a b,c , d")).containsExactly("a", "b", "c", "d");
        assertThatThrownBy(() -> ValueTypes.SCOPES.parse("a\"b")).isInstanceOf(BadValue.class);
    }

    @Test
    void resourcesAreAbsoluteUrisWhenAccepted() {
        assertThat(ValueTypes.RESOURCES.parse("https://a/, urn:b")).containsExactly("https://a/", "urn:b");
        assertThatThrownBy(() -> ValueTypes.RESOURCES.parse("/a")).isInstanceOf(BadValue.class);
        assertThatThrownBy(() -> ValueTypes.RESOURCES.parse("https://a/#b")).isInstanceOf(BadValue.class);
    }

    @Test
    void formsAreRecognisedWhenTheyHaveAnArgument() {
        ValueType<String> policy =
                ValueTypes.forms(ValueTypes.form("all"), ValueTypes.form("quorum:N", "quorum:[1-9]\\d*"));

        assertThat(policy.parse("quorum:2")).isEqualTo("quorum:2");
        assertThat(policy.expected()).isEqualTo("one of all, quorum:N");
        assertThatThrownBy(() -> policy.parse("quorum:0")).isInstanceOf(BadValue.class);
        assertThatThrownBy(() -> policy.parse("ALL")).isInstanceOf(BadValue.class);
    }

    @Test
    void userNameIsRefusedWhenItHasAColon() {
        assertThatThrownBy(() -> ValueTypes.USER_NAME.parse("a:b")).isInstanceOf(BadValue.class);
    }
}
