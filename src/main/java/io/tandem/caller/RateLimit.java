package io.tandem.caller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tandem.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How much each caller may do: so many requests at once, and then as they come due again (the generic cell rate
 * algorithm). Knows the 10,000 callers that were seen last. Thread-safe, without locks.
 */
final class RateLimit {
    private final long perNanos;
    private final long stepNanos;
    private final LongSupplier nanoTime;
    private final Cache<String, AtomicLong> callers;

    /** @param nanoTime as {@link System#nanoTime()} */
    RateLimit(Settings.Rate rate, LongSupplier nanoTime) {
        this.perNanos = rate.per().toNanos();
        this.stepNanos = perNanos / rate.permits();
        this.nanoTime = nanoTime;
        this.callers = Caffeine.newBuilder()
                .maximumSize(10_000)
                .expireAfterAccess(rate.per().plus(Duration.ofMinutes(1)))
                .build();
    }

    /**
     * Takes one request of a caller into account.
     *
     * @return nanoseconds after which the next one is allowed; 0: this one is
     */
    long take(String caller) {
        long now = nanoTime.getAsLong();
        AtomicLong due = callers.get(caller, name -> new AtomicLong(now));
        while (true) {
            long before = due.get();
            // differences, as nano time may overflow
            long next = before - now > 0 ? before + stepNanos : now + stepNanos;
            long ahead = next - now - perNanos;
            if (ahead > 0) {
                return ahead;
            }
            if (due.compareAndSet(before, next)) {
                return 0;
            }
        }
    }

    /** By which a caller without a name is known: a network of IPv6 belongs to one. */
    static String nameOf(String address) {
        if (!address.contains(":")) {
            return "address " + address;
        }
        try {
            // an address, for which no name server is asked
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return "network " + Arrays.toString(Arrays.copyOf(bytes, Math.min(bytes.length, 8)));
        } catch (UnknownHostException e) {
            return "address " + address;
        }
    }
}
