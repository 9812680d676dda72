package io.tandem.config;

import io.tandem.config.Settings.AddressBlock;
import io.tandem.config.Settings.CallerAuth;
import io.tandem.config.Settings.Condition;
import io.tandem.config.Settings.HostAndPort;
import io.tandem.config.Settings.Rate;
import io.tandem.config.Settings.Redirect;
import io.tandem.config.Settings.Window;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The types of values that the {@link Catalogue} uses. */
final class ValueTypes {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
    private static final Pattern DURATION_TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE_TEXT = Pattern.compile("(\\d{1,10})(B|KB|MB|GB|KiB|MiB|GiB)?");
    private static final Pattern HOST_TEXT =
            Pattern.compile("[A-Za-z0-9._-]+|(?=.*:.*:)[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?");

    /** RFC 6749, section 3.3. */
    private static final Pattern SCOPE_TOKEN = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

    private static final Pattern HOST_AND_PORT_TEXT =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");

    /** A login comes back to this machine alone (RFC 8252, section 7.3). */
    private static final Pattern REDIRECT_TEXT =
            Pattern.compile("(127\\.0\\.0\\.1|localhost):(\\d{1,5})(/[A-Za-z0-9._~/-]*)");

    /** User and password have keys of their own, where they are kept secret. */
    private static final Pattern DATABASE_TEXT =
            Pattern.compile("jdbc:sqlite:[^?:][^?]*|jdbc:postgresql://(?!.*[?&](user|password)=)[^@\\s]+");

    private static final Pattern CONDITION_TEXT = Pattern.compile("([a-z][a-z0-9-]*):\\s*(\\S.*)");

    private static final Pattern RATE_TEXT = Pattern.compile("(\\d{1,7})/([smh])");

    /** As everybody writes it: no octal, no hexadecimal, no fewer than four numbers. */
    private static final Pattern IPV4_TEXT = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

    private static final Pattern IPV6_TEXT = Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:.]+");

    /** What WHATWG's URL standard takes for an IPv4 address: the last label is a number in some notation. */
    private static final Pattern NUMERIC_HOST = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9A-Fa-f]*)\\.?");

    private static final Map<String, List<String>> NAMED_BLOCKS = Map.of(
            // on Linux, 0.0.0.0 and :: connect to this machine as well
            "loopback", List.of("127.0.0.0/8", "0.0.0.0/8", "::1", "::"),
            "link-local", List.of("169.254.0.0/16", "fe80::/10"),
            // RFC 1918, RFC 6598 (shared by carriers and clouds), RFC 4193, RFC 3879
            "private",
                    List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"));

    private static final Pattern FRACTION_TEXT = Pattern.compile("\\d(\\.\\d{1,6})?");

    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "B", 1L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30);

    static final String DURATION_UNITS = "ms, s, m, h, d";

    // Beyond a day no budget, time-out or grace makes sense, and the milliseconds still fit an int
    private static final Duration LONGEST = Duration.ofDays(1);

    static final ValueType<Duration> DURATION =
            duration("a duration with its unit, 1ms to 24h (250ms, 3s, 2m, 1h or PT3S)", Duration.ofMillis(1), LONGEST);

    static final ValueType<Duration> DURATION_OR_ZERO =
            duration("a duration with its unit, 0s to 24h (250ms, 3s, 2m, 1h or PT3S)", Duration.ZERO, LONGEST);

    /** How old something may get. */
    static final ValueType<Duration> AGE = duration(
            "a duration with its unit, 1s to 3650d (90s, 12h or 30d)", Duration.ofSeconds(1), Duration.ofDays(3650));

    static final ValueType<String> DATABASE = new ValueType<>(
            "JDBC URL", "", "jdbc:sqlite:<file> or jdbc:postgresql://<host>[:<port>]/<database>", text -> {
                if (!DATABASE_TEXT.matcher(text).matches()) {
                    throw new BadValue();
                }
                return text;
            });

    static final ValueType<Integer> SIZE = new ValueType<>(
            "size",
            "B, KB, MB, GB, KiB, MiB, GiB",
            "a size from 1 byte to below 2GiB (512, 64KiB, 1MiB)",
            ValueTypes::size);

    static final ValueType<Integer> PORT =
            new ValueType<>("port", "", "a port from 0 to 65535 (0: any free one)", text -> integer(text, 0, 65535));

    /** A window of attempts, or of time in whole seconds. */
    static final ValueType<Window> WINDOW =
            new ValueType<>("window", "", "a number of attempts up to 10000, or a time from 1s to 10m", text -> {
                if (NUMBER.matcher(text).matches()) {
                    return new Window(false, integer(text, 1, 10_000));
                }
                Duration time = duration(text);
                if (time.toSeconds() < 1 || time.compareTo(Duration.ofMinutes(10)) > 0 || time.toNanosPart() > 0) {
                    throw new BadValue();
                }
                return new Window(true, (int) time.toSeconds());
            });

    static final ValueType<Condition> CONDITION = new ValueType<>(
            "condition", "", "a language and a predicate in it, such as jsonpath:$[?(@.a == 1)]", text -> {
                Matcher matcher = CONDITION_TEXT.matcher(text);
                if (!matcher.matches()) {
                    throw new BadValue();
                }
                return new Condition(matcher.group(1), matcher.group(2));
            });

    static final ValueType<Boolean> FLAG = new ValueType<>("flag", "", "true or false", text -> switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new BadValue();
    });

    static final ValueType<String> TEXT = new ValueType<>("text", "", "text in one line", ValueTypes::text);

    static final ValueType<String> HOST =
            new ValueType<>("host", "", "a host name or an IP address, without scheme, port and brackets", text -> {
                if (!HOST_TEXT.matcher(text).matches()) {
                    throw new BadValue();
                }
                return text;
            });

    static final ValueType<Path> PATH = new ValueType<>("folder", "", "the path of a folder", ValueTypes::path);

    static final ValueType<Path> FILE = new ValueType<>("file", "", "the path of a readable file", ValueTypes::path);

    static final ValueType<String> URL = new ValueType<>("URL", "", "an http or https URL", ValueTypes::url);

    static final ValueType<Set<String>> ORIGINS = new ValueType<>(
            "list of origins",
            "",
            "scheme and host, and a port that is not the scheme's own, separated by commas",
            text -> {
                List<String> origins = split(text.toLowerCase(Locale.ROOT), "\\s*,\\s*");
                if (!origins.stream().allMatch(ValueTypes::isOrigin)) {
                    throw new BadValue();
                }
                return Set.copyOf(origins);
            });

    static final ValueType<Set<String>> HEADER_LIST =
            new ValueType<>("list of header names", "", "header names, separated by commas", ValueTypes::headers);

    static final ValueType<String> HEADER_NAME =
            new ValueType<>("header name", "", "a header name", HeaderNames::checked);

    static final ValueType<String> USER_NAME = new ValueType<>("text", "", "a user name", text -> {
        // RFC 7617, section 2: the first colon ends the user name
        if (text.contains(":")) {
            throw new BadValue("it must not have a colon");
        }
        return text(text);
    });

    static final ValueType<String> WORD = new ValueType<>("word", "", "a word without spaces", text -> {
        if (!HeaderNames.isToken(text)) {
            throw new BadValue();
        }
        return text;
    });

    static final ValueType<List<String>> SCOPES =
            new ValueType<>("list of scopes", "", "scopes, separated by spaces or commas", text -> {
                List<String> scopes = split(text, "[\\s,]+");
                if (!scopes.stream().allMatch(ValueTypes::isScope)) {
                    throw new BadValue();
                }
                return scopes;
            });

    static final ValueType<String> SCOPE = new ValueType<>("scope", "", "one scope", text -> {
        if (!isScope(text)) {
            throw new BadValue();
        }
        return text;
    });

    static final ValueType<List<String>> TEXTS =
            new ValueType<>("list of texts", "", "texts, separated by commas", text -> split(text(text), "\\s*,\\s*"));

    static final ValueType<Set<String>> LINE_SET = new ValueType<>(
            "list of texts", "", "texts, separated by semicolons", text -> Set.copyOf(split(text(text), "\\s*;\\s*")));

    /** Asymmetric ones alone: a key that is published must not make a signature (RFC 8725, section 3.1). */
    static final ValueType<List<String>> SIGNATURES = new ValueType<>(
            "list of signature algorithms",
            "",
            "some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512",
            text -> {
                List<String> algorithms = split(text, "[\\s,]+");
                if (algorithms.isEmpty()
                        || !algorithms.stream().allMatch(name -> name.matches("(RS|PS|ES)(256|384|512)"))) {
                    throw new BadValue();
                }
                return algorithms;
            });

    static final ValueType<Rate> RATE =
            new ValueType<>("rate", "/s, /m, /h", "a rate such as 100/s, 600/m or 5000/h", text -> {
                Matcher matcher = RATE_TEXT.matcher(text);
                if (!matcher.matches()) {
                    throw new BadValue();
                }
                Duration per =
                        switch (matcher.group(2)) {
                            case "s" -> Duration.ofSeconds(1);
                            case "m" -> Duration.ofMinutes(1);
                            default -> Duration.ofHours(1);
                        };
                return new Rate(integer(matcher.group(1), 1, 1_000_000), per);
            });

    static final ValueType<Set<CallerAuth>> CALLER_AUTH = new ValueType<>(
            "list of " + callerAuthWords(), "", "one or more of " + callerAuthWords(), ValueTypes::callerAuth);

    static final ValueType<List<String>> RESOURCES =
            new ValueType<>("list of URIs", "", "absolute URIs without fragment, separated by commas", text -> {
                List<String> resources = split(text, "\\s*,\\s*");
                resources.forEach(ValueTypes::resource);
                return resources;
            });

    static final ValueType<HostAndPort> HOST_AND_PORT =
            new ValueType<>("host:port", "", "a host and a port from 1 to 65535, without scheme", text -> {
                Matcher matcher = HOST_AND_PORT_TEXT.matcher(text);
                if (!matcher.matches()) {
                    throw new BadValue();
                }
                String host = matcher.group(1).replaceAll("[\\[\\]]", "");
                return new HostAndPort(host, integer(matcher.group(2), 1, 65535));
            });

    static final ValueType<String> BROKERS =
            new ValueType<>("list of host:port", "", "hosts with ports from 1 to 65535, separated by commas", text -> {
                List<String> brokers = split(text, "\\s*,\\s*");
                if (brokers.isEmpty()) {
                    throw new BadValue();
                }
                brokers.forEach(HOST_AND_PORT::parse);
                return String.join(",", brokers);
            });

    static final ValueType<String> TOPIC =
            new ValueType<>("topic", "", "the name of a topic: letters, digits, '.', '_' and '-'", ValueTypes::topic);

    static final ValueType<List<String>> TOPICS = new ValueType<>(
            "list of topics", "", "names of topics, separated by commas", text -> split(text, "\\s*,\\s*").stream()
                    .map(ValueTypes::topic)
                    .distinct()
                    .toList());

    static final ValueType<Redirect> REDIRECT =
            new ValueType<>("host:port/path", "", "127.0.0.1 or localhost with a port and a path", text -> {
                Matcher matcher = REDIRECT_TEXT.matcher(text);
                if (!matcher.matches()) {
                    throw new BadValue();
                }
                return new Redirect(matcher.group(1), integer(matcher.group(2), 0, 65535), matcher.group(3));
            });

    static final ValueType<Set<Integer>> STATUSES =
            new ValueType<>("list of HTTP statuses", "", "HTTP statuses from 400 to 499, separated by commas", text -> {
                Set<Integer> statuses = new TreeSet<>();
                split(text, "[\\s,]+").forEach(status -> statuses.add(integer(status, 400, 499)));
                if (statuses.isEmpty()) {
                    throw new BadValue();
                }
                return Collections.unmodifiableSet(statuses);
            });

    static final ValueType<List<String>> POINTERS =
            new ValueType<>("list of JSON Pointers", "", "JSON Pointers such as /a/b, separated by commas", text -> {
                List<String> pointers = split(text, ",");
                if (!pointers.stream().allMatch(pointer -> pointer.matches("(/([^~/]|~[01])*)+"))) {
                    throw new BadValue();
                }
                return pointers;
            });

    static final ValueType<List<AddressBlock>> ADDRESS_BLOCKS = new ValueType<>(
            "list of address blocks",
            "",
            "loopback, link-local, private, addresses or blocks of addresses, separated by commas",
            text -> split(text, "\\s*,\\s*").stream()
                    .flatMap(ValueTypes::addressBlocks)
                    .toList());

    static final ValueType<Secret> SECRET =
            new ValueType<>("secret", "", "text in one line, or a readable file that holds it", Secret::of);

    static final ValueType<Secret> SECRET_LINES =
            new ValueType<>("secret", "", "lines of text, or a readable file that holds them", Secret::of);

    private ValueTypes() {}

    /** RFC 6749, section 3.3. */
    static boolean isScope(String text) {
        return SCOPE_TOKEN.matcher(text).matches();
    }

    private static String callerAuthWords() {
        return Arrays.stream(CallerAuth.values()).map(CallerAuth::word).collect(Collectors.joining(", "));
    }

    private static Set<CallerAuth> callerAuth(String text) {
        Set<CallerAuth> ways = EnumSet.noneOf(CallerAuth.class);
        for (String word : split(text, "[\\s,]+")) {
            ways.add(Arrays.stream(CallerAuth.values())
                    .filter(way -> way.word().equals(word))
                    .findFirst()
                    .orElseThrow(BadValue::new));
        }
        if (ways.isEmpty()) {
            throw new BadValue();
        }
        if (ways.contains(CallerAuth.NONE) && ways.size() > 1) {
            throw new BadValue("none stands alone");
        }
        return Collections.unmodifiableSet(ways);
    }

    /**
     * One of several forms, each given as it is shown to users with the pattern that recognises it. A form that is just
     * a word is its own pattern: {@code forms(form("all"), form("quorum:N", "quorum:[1-9]\\d*"))}.
     */
    static ValueType<String> forms(Form... forms) {
        String shown = Arrays.stream(forms).map(Form::shown).collect(Collectors.joining(", "));
        return new ValueType<>(shown, "", forms.length == 1 ? shown : "one of " + shown, text -> {
            if (Arrays.stream(forms)
                    .noneMatch(form -> form.pattern().matcher(text).matches())) {
                throw new BadValue();
            }
            return text;
        });
    }

    /** How a value may look. */
    record Form(String shown, Pattern pattern) {}

    static Form form(String word) {
        return new Form(word, Pattern.compile(Pattern.quote(word)));
    }

    static Form form(String shown, String pattern) {
        return new Form(shown, Pattern.compile(pattern));
    }

    /** One of a few words, each of which stands for a value. */
    static <T> ValueType<T> choice(Function<T, String> word, List<T> values) {
        String words = values.stream().map(word).collect(Collectors.joining(", "));
        return new ValueType<>(words, "", "one of " + words, text -> values.stream()
                .filter(value -> word.apply(value).equals(text))
                .findFirst()
                .orElseThrow(BadValue::new));
    }

    static ValueType<String> words(String... words) {
        return choice(Function.identity(), List.of(words));
    }

    static ValueType<Integer> count(int min, int max) {
        return new ValueType<>(
                "number", "", "a number from %d to %d".formatted(min, max), text -> integer(text, min, max));
    }

    static ValueType<Double> fraction(double min, double max) {
        return new ValueType<>("fraction", "", "a fraction from %s to %s".formatted(min, max), text -> {
            if (!FRACTION_TEXT.matcher(text).matches()) {
                throw new BadValue();
            }
            double fraction = Double.parseDouble(text);
            if (fraction < min || fraction > max) {
                throw new BadValue();
            }
            return fraction;
        });
    }

    private static ValueType<Duration> duration(String expected, Duration least, Duration longest) {
        return new ValueType<>("duration", DURATION_UNITS, expected, text -> {
            Duration duration = duration(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(longest) > 0) {
                throw new BadValue();
            }
            return duration;
        });
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION_TEXT.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        if (NUMBER.matcher(text).matches()) {
            throw new BadValue("the unit is missing");
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new BadValue();
        }
    }

    private static int size(String text) {
        Matcher matcher = SIZE_TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue();
        }
        String unit = matcher.group(2);
        long factor = unit == null ? 1 : SIZE_UNITS.getOrDefault(unit, 1L);
        BigInteger bytes = new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(factor));
        if (bytes.signum() == 0 || bytes.bitLength() > 31) {
            throw new BadValue();
        }
        return bytes.intValueExact();
    }

    private static Stream<AddressBlock> addressBlocks(String text) {
        List<String> named = NAMED_BLOCKS.get(text);
        return named != null ? named.stream().map(ValueTypes::addressBlock) : Stream.of(addressBlock(text));
    }

    private static AddressBlock addressBlock(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length > 2 || !isAddress(parts[0])) {
            throw new BadValue();
        }
        try {
            // an address in figures is not looked up
            InetAddress network = InetAddress.getByName(parts[0]);
            int bits = network.getAddress().length * 8;
            return new AddressBlock(network, parts.length == 1 ? bits : integer(parts[1], 0, bits));
        } catch (UnknownHostException e) {
            throw new BadValue();
        }
    }

    private static boolean isAddress(String text) {
        return IPV4_TEXT.matcher(text).matches() || IPV6_TEXT.matcher(text).matches();
    }

    private static int integer(String text, int min, int max) {
        if (!NUMBER.matcher(text).matches()) {
            throw new BadValue();
        }
        long number = Long.parseLong(text);
        if (number < min || number > max) {
            throw new BadValue();
        }
        return (int) number;
    }

    private static String text(String text) {
        if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
            throw new BadValue();
        }
        return text;
    }

    private static Path path(String text) {
        try {
            return Path.of(text(text));
        } catch (InvalidPathException e) {
            throw new BadValue(e.getReason());
        }
    }

    private static String url(String text) {
        URI uri = uri(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new BadValue("it must start with https:// or http://");
        }
        String authority = uri.getRawAuthority();
        if (authority != null && authority.contains("@")) {
            throw new BadValue("it must have no user and password in it; those are configured with target.<name>.auth");
        }
        if (uri.getHost() == null) {
            throw new BadValue("it has no valid host (letters, digits, dots and hyphens)");
        }
        if (NUMERIC_HOST.matcher(uri.getHost()).matches()
                && !IPV4_TEXT.matcher(uri.getHost()).matches()) {
            throw new BadValue("an address must be four decimal numbers, without leading zeros");
        }
        if (uri.getPort() > 65535 || uri.getPort() == 0) {
            throw new BadValue("its port must be from 1 to 65535");
        }
        if (uri.getRawFragment() != null) {
            throw new BadValue("it must have no fragment (#…)");
        }
        return text;
    }

    /** As browsers write it (RFC 6454, section 6.2). */
    private static boolean isOrigin(String text) {
        URI uri = URI.create(url(text));
        int own = uri.getScheme().equals("https") ? 443 : 80;
        return text.equals(uri.getScheme() + "://" + uri.getRawAuthority()) && uri.getPort() != own;
    }

    private static void resource(String text) {
        // RFC 8707, section 2
        URI uri = uri(text);
        if (!uri.isAbsolute() || uri.getRawFragment() != null) {
            throw new BadValue();
        }
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            // Neither its input nor its index: the input may hold a password
            throw new BadValue(text.isEmpty() ? "" : "it is malformed");
        }
    }

    private static Set<String> headers(String text) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        split(text, "\\s*,\\s*").forEach(name -> names.add(HeaderNames.checkedNoCredential(name)));
        return Collections.unmodifiableSet(names);
    }

    /** What org.apache.kafka.common.internals.Topic takes. */
    private static String topic(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1,249}") || text.matches("\\.{1,2}")) {
            throw new BadValue();
        }
        return text;
    }

    private static List<String> split(String text, String separator) {
        return Stream.of(text.strip().split(separator, -1))
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
