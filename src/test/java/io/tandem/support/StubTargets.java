package io.tandem.support;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stub servers for api-one and api-two on one port, which answer 200 unless told otherwise. */
public final class StubTargets implements AutoCloseable {
    private final WireMockServer server = new WireMockServer(WireMockConfiguration.options()
            .bindAddress("127.0.0.1")
            .dynamicPort()
            .containerThreads(300)
            .jettyAcceptQueueSize(512));

    public StubTargets() {
        server.start();
        answers("api-one", WireMock.okJson("{\"from\":\"one\"}"));
        answers("api-two", WireMock.okJson("{\"from\":\"two\"}"));
    }

    public void answers(String target, ResponseDefinitionBuilder answer) {
        server.stubFor(WireMock.any(WireMock.urlPathEqualTo("/" + target)).willReturn(answer));
    }

    /** For stubs of another kind. */
    public WireMockServer server() {
        return server;
    }

    public String url(String target) {
        return server.baseUrl() + "/" + target;
    }

    /** The largest number of requests that were being answered at the same moment. */
    public long mostAtOnce() {
        return mostAtOnce("");
    }

    /** The same, of the paths that end so. */
    public long mostAtOnce(String path) {
        List<long[]> events = new ArrayList<>();
        for (ServeEvent event : server.getAllServeEvents()) {
            if (!event.getRequest().getUrl().endsWith(path)) {
                continue;
            }
            long from = event.getRequest().getLoggedDate().getTime();
            events.add(new long[] {from, 1});
            events.add(new long[] {from + event.getTiming().getTotalTime(), -1});
        }
        events.sort(Comparator.comparingLong((long[] event) -> event[0]).thenComparingLong(event -> event[1]));
        long now = 0;
        long most = 0;
        for (long[] event : events) {
            now += event[1];
            most = Math.max(most, now);
        }
        return most;
    }

    /** What was requested at any path so far, oldest first. */
    public List<LoggedRequest> received() {
        return server.findAll(WireMock.anyRequestedFor(WireMock.anyUrl()));
    }

    /** What a target received so far, oldest first. */
    public List<LoggedRequest> received(String target) {
        return server.findAll(WireMock.anyRequestedFor(WireMock.urlPathEqualTo("/" + target)));
    }

    public void forgetRequests() {
        server.resetRequests();
    }

    /** Settings for both targets, without credentials and retries. */
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        for (String target : List.of("api-one", "api-two")) {
            settings.putAll(RunningTandem.target(target, url(target)));
            settings.put("target." + target + ".retry.attempts", "1");
        }
        return settings;
    }

    @Override
    public void close() {
        server.stop();
    }
}
