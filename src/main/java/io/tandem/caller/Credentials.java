package io.tandem.caller;

import java.util.List;

/**
 * What a request has brought to show who calls; not trusted, and not shown by {@link #toString()}.
 *
 * @param authorization the values of its {@code Authorization} headers
 * @param apiKey the values of the headers in which API keys come
 * @param address from which it came
 */
public record Credentials(List<String> authorization, List<String> apiKey, String address) {
    @Override
    public String toString() {
        return "(credentials)";
    }
}
