package io.tandem.caller;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request has brought to show who calls; not trusted, and not shown by {@link #toString()}.
 *
 * @param authorization the values of its {@code Authorization} headers
 * @param apiKey the values of the headers in which API keys come
 * @param address from which it came
 * @param certificate of the caller, trusted already; null when none was shown
 */
public record Credentials(
        List<String> authorization, List<String> apiKey, String address, @Nullable X509Certificate certificate) {
    @Override
    public String toString() {
        return "(credentials)";
    }
}
