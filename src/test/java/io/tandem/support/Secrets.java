package io.tandem.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must be seen nowhere, and how to find it in whatever form it was written. For one thread. */
public final class Secrets {
    /** By form, what it is that has this form. */
    private final Map<String, String> forms = new LinkedHashMap<>();

    /** @param name tells what was found */
    public Secrets add(String name, String value) {
        if (value.length() < 8) {
            throw new IllegalArgumentException(name + " is so short that it could be found by chance");
        }
        String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
        forms.put(value, name);
        forms.put(encoded, name + ", URL-encoded");
        forms.put(encoded.replace("+", "%20"), name + ", URL-encoded");
        forms.put(value.replace("&", "&amp;").replace("'", "&#39;"), name + ", in HTML");
        forms.put(value.replace("&", "\\u0026").replace("/", "\\/"), name + ", in JSON");
        for (int before = 0; before < 3; before++) {
            forms.put(base64(value, before, Base64.getEncoder()), name + ", in base64");
            forms.put(base64(value, before, Base64.getUrlEncoder()), name + ", in base64url");
        }
        return this;
    }

    public Secrets addAll(String name, Iterable<String> values) {
        values.forEach(value -> add(name, value));
        return this;
    }

    /** The part of the encoding that is the same whatever comes before (so many bytes, modulo 3) and behind. */
    private static String base64(String value, int before, Base64.Encoder encoder) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        byte[] padded = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, padded, before, bytes.length);
        String text = encoder.withoutPadding().encodeToString(padded);
        int first = (before * 8 + 5) / 6;
        return text.substring(first, padded.length * 8 / 6);
    }

    /** What of it is in {@code text}, with some of what is around it. */
    public List<String> in(String text) {
        Set<String> found = new LinkedHashSet<>();
        forms.forEach((form, name) -> {
            int at = text.indexOf(form);
            if (at >= 0) {
                int from = Math.max(text.lastIndexOf('\n', at) + 1, at - 200);
                int to = Math.min(text.length(), at + form.length() + 40);
                found.add(name + ": " + text.substring(from, to));
            }
        });
        return List.copyOf(found);
    }
}
