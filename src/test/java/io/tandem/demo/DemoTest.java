package io.tandem.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoTest {
    private static final List<String> PARTIES = List.of(Demo.API_ONE, Demo.API_TWO, Demo.AUTHORIZATION_SERVER);

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
        return socket;
    }

    @Test
    void configuresTandemToUseIt() {
        try (Demo demo = Demo.start(DemoSettings.parse(RunningDemo.freePorts()))) {
            Map<String, String> configuration = demo.configuration();

            for (String api : List.of(Demo.API_ONE, Demo.API_TWO)) {
                String target = "target." + api + ".";
                assertThat(configuration)
                        .containsEntry(target + "url", demo.url(api) + "/orders")
                        .containsEntry(target + "auth", "client-credentials")
                        .containsEntry(target + "oauth.token-url", demo.url(Demo.AUTHORIZATION_SERVER) + "/token")
                        .containsEntry(target + "oauth.client-id", "tandem-at-" + api)
                        .containsEntry(target + "oauth.scope", "orders.write")
                        .containsKey(target + "oauth.client-secret");
            }
            assertThat(configuration)
                    .containsEntry("target.api-one.oauth.client-auth", "basic")
                    .containsEntry("target.api-two.oauth.client-auth", "post");
            assertThat(PARTIES.stream().map(demo::url).map(URI::getPort).distinct())
                    .hasSize(3);
            assertThat(PARTIES.stream().map(demo::url).map(URI::getHost)).containsOnly("127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Demo.API_ONE, Demo.API_TWO, Demo.AUTHORIZATION_SERVER})
    void saysWhichPortWhoseAndTheSettingWhenItIsTaken(String party) throws IOException {
        try (ServerSocket taken = bind(0)) {
            Map<String, String> properties = RunningDemo.freePorts();
            String key = "demo." + party + ".port";
            properties.put(key, Integer.toString(taken.getLocalPort()));
            DemoSettings settings = DemoSettings.parse(properties);

            assertThatThrownBy(() -> Demo.start(settings))
                    .isInstanceOf(DemoException.class)
                    .hasMessageContaining(
                            "port " + taken.getLocalPort() + " of 127.0.0.1, for the demo's " + party + ", is taken")
                    .hasMessageContaining("set " + key + " to a free one");
        }
    }

    @Test
    void saysItOfEachPortWhenSeveralAreTaken() {
        try (Demo first = Demo.start(DemoSettings.parse(RunningDemo.freePorts()))) {
            assertThatThrownBy(() -> Demo.start(samePorts(first)))
                    .isInstanceOf(DemoException.class)
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(3));
        }
    }

    @Test
    void freesThePortsWhenClosed() throws IOException {
        Demo demo = Demo.start(DemoSettings.parse(RunningDemo.freePorts()));
        DemoSettings samePorts = samePorts(demo);
        List<URI> urls = PARTIES.stream().map(demo::url).toList();

        demo.close();
        demo.close();

        for (URI url : urls) {
            bind(url.getPort()).close();
        }
        Demo.start(samePorts).close();
    }

    @Test
    void freesTheOtherPortsWhenOneIsTaken() throws IOException {
        Demo first = Demo.start(DemoSettings.parse(RunningDemo.freePorts()));
        DemoSettings settings = samePorts(first);
        first.close();
        try (ServerSocket taken = bind(settings.apiTwo().port())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> Demo.start(settings)).isInstanceOf(DemoException.class);
        }

        Demo.start(settings).close();
    }

    @Test
    void keepsItsSecretsToItself() {
        try (Demo demo = Demo.start(DemoSettings.parse(RunningDemo.freePorts()))) {
            Client client = new Client("id", Secret.of("s3cret"), "api");

            assertThat(client.toString()).doesNotContain("s3cret");
            assertThat(demo.toString())
                    .doesNotContain(String.valueOf(demo.configuration().get("target.api-one.oauth.client-secret")));
        }
    }

    private static DemoSettings samePorts(Demo demo) {
        Map<String, String> properties = new HashMap<>();
        PARTIES.forEach(party -> properties.put(
                "demo." + party + ".port", Integer.toString(demo.url(party).getPort())));
        return DemoSettings.parse(properties);
    }
}
