package io.tandem.demo;

import java.time.Duration;
import java.util.Map;

/**
 * The {@code demo.*} settings. Immutable. All parties listen on 127.0.0.1 alone, and port 0 stands for any free one.
 *
 * @param apiOne {@code demo.api-one.*}
 * @param apiTwo {@code demo.api-two.*}
 * @param authorizationServer {@code demo.authorization-server.*}
 * @param traffic {@code demo.traffic}: time from one order to the next, made of a rate; zero when none are sent
 * @param chaos {@code demo.chaos}: whether the APIs fail, slow down and recover in turn
 */
public record DemoSettings(
        Api apiOne, Api apiTwo, AuthorizationServer authorizationServer, Duration traffic, boolean chaos) {

    /**
     * One demo API, as it behaves until told otherwise.
     *
     * @param port {@code port}
     * @param latency {@code latency}: time it takes to answer, up to 60s
     * @param jitter {@code jitter}: up to how much longer it may take, at random
     * @param failureRate {@code failure-rate}: share of the requests, 0 to 1, that it answers with 503
     */
    public record Api(int port, Duration latency, Duration jitter, double failureRate) {}

    /**
     * The demo authorization server.
     *
     * @param port {@code port}
     * @param tokenLifetime {@code token-lifetime}: time after which an access token expires, 1s to 24h
     */
    public record AuthorizationServer(int port, Duration tokenLifetime) {}

    /** The settings that hold when nothing is set. */
    public static DemoSettings defaults() {
        return parse(Map.of());
    }

    /**
     * Reads the settings.
     *
     * @param properties those whose keys start with {@code demo.} count; what is left out has its default
     * @throws DemoException which names each wrong or unknown key, its value and what is expected
     */
    public static DemoSettings parse(Map<String, String> properties) {
        return new DemoSettingsReader(properties).read();
    }
}
