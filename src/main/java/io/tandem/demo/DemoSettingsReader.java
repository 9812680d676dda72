package io.tandem.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes typed settings of {@code demo.*} properties, and collects what is wrong with them. For one use. */
final class DemoSettingsReader {
    static final Duration MAX_LATENCY = Duration.ofMinutes(1);

    private static final String PREFIX = "demo.";
    private static final Duration MAX_TOKEN_LIFETIME = Duration.ofHours(24);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SHARE = Pattern.compile("0(\\.\\d{1,9})?|1(\\.0{1,9})?");
    private static final Pattern RATE = Pattern.compile("([1-9]\\d{0,4})/(s|m)");
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");

    private final Map<String, String> properties;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    DemoSettingsReader(Map<String, String> properties) {
        this.properties = properties;
    }

    static String portKey(String party) {
        return PREFIX + party + ".port";
    }

    DemoSettings read() {
        DemoSettings settings = new DemoSettings(
                api(Demo.API_ONE, 8081, Duration.ofMillis(40)),
                api(Demo.API_TWO, 8082, Duration.ofMillis(60)),
                new DemoSettings.AuthorizationServer(
                        port(Demo.AUTHORIZATION_SERVER, 8083),
                        duration(
                                PREFIX + Demo.AUTHORIZATION_SERVER + ".token-lifetime",
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(1),
                                MAX_TOKEN_LIFETIME)),
                value(
                        PREFIX + "traffic",
                        Duration.ZERO,
                        "a rate such as 20/s or 90/m, at most 1000/s",
                        DemoSettingsReader::interval),
                value(PREFIX + "chaos", false, "true or false", DemoSettingsReader::flag));
        for (String key : new TreeSet<>(properties.keySet())) {
            if (key.startsWith(PREFIX) && !known.contains(key)) {
                faults.add("unknown key '" + key + "': expected one of " + String.join(", ", known));
            }
        }
        checkDistinctPorts(settings);
        if (!faults.isEmpty()) {
            throw new DemoException(faults);
        }
        return settings;
    }

    private DemoSettings.Api api(String name, int port, Duration latency) {
        String prefix = PREFIX + name;
        return new DemoSettings.Api(
                port(name, port),
                duration(prefix + ".latency", latency, Duration.ZERO, MAX_LATENCY),
                duration(prefix + ".jitter", Duration.ofMillis(10), Duration.ZERO, MAX_LATENCY),
                value(prefix + ".failure-rate", 0.0, "a number from 0 to 1, such as 0.1", DemoSettingsReader::share));
    }

    /** One event loop may listen for several on the same port: it would not be noticed that it is taken. */
    private void checkDistinctPorts(DemoSettings settings) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put(portKey(Demo.API_ONE), settings.apiOne().port());
        ports.put(portKey(Demo.API_TWO), settings.apiTwo().port());
        ports.put(
                portKey(Demo.AUTHORIZATION_SERVER),
                settings.authorizationServer().port());
        Map<Integer, String> users = new LinkedHashMap<>();
        ports.forEach((key, port) -> {
            String other = port == 0 ? null : users.putIfAbsent(port, key);
            if (other != null) {
                faults.add("'" + other + "' and '" + key + "' are both " + port + ": expected different ports");
            }
        });
    }

    private int port(String party, int otherwise) {
        return value(portKey(party), otherwise, "a port from 0 to 65535 (0: any free one)", DemoSettingsReader::port);
    }

    private Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        String expected = "a duration with its unit (ms, s, m, h) from " + text(least) + " to " + text(most);
        return value(key, otherwise, expected, text -> {
            return duration(text).filter(value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
        });
    }

    private <T> T value(String key, T otherwise, String expected, Function<String, Optional<T>> parse) {
        known.add(key);
        String text = properties.get(key);
        if (text == null) {
            return otherwise;
        }
        Optional<T> value = parse.apply(text.strip());
        if (value.isEmpty()) {
            faults.add(key + "=" + text + ": expected " + expected);
        }
        return value.orElse(otherwise);
    }

    private static String text(Duration duration) {
        return duration.toSeconds() + "s";
    }

    private static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }

    /** Of a rate; what the pattern lets through is at least one. */
    private static Optional<Duration> interval(String text) {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Duration per = matcher.group(2).equals("s") ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
        return Optional.of(per.dividedBy(Long.parseLong(matcher.group(1))))
                .filter(interval -> interval.compareTo(Duration.ofMillis(1)) >= 0);
    }

    private static Optional<Boolean> flag(String text) {
        return text.equals("true") || text.equals("false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty();
    }

    private static Optional<Double> share(String text) {
        return SHARE.matcher(text).matches() ? Optional.of(Double.valueOf(text)) : Optional.empty();
    }

    private static Optional<Integer> port(String text) {
        return PORT.matcher(text).matches()
                ? Optional.of(Integer.valueOf(text)).filter(port -> port <= 65535)
                : Optional.empty();
    }
}
