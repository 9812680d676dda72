package io.tandem.caller;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a token says. Stateless. */
final class Claims {
    private Claims() {}

    /** The claim of that name, or the one to which its dots lead through objects; null when there is none. */
    static @Nullable Object find(Map<?, ?> claims, String name) {
        Object claim = claims.get(name);
        int dot = name.indexOf('.');
        return claim == null && dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> object
                ? find(object, name.substring(dot + 1))
                : claim;
    }

    /** Adds the words of a text, or the elements of a list. */
    static void addTexts(@Nullable Object claim, Set<String> texts) {
        if (claim instanceof String text) {
            for (String word : text.split(" ")) {
                if (!word.isEmpty()) {
                    texts.add(word);
                }
            }
        } else if (claim instanceof Collection<?> list) {
            for (Object element : list) {
                if (element instanceof String text) {
                    texts.add(text);
                }
            }
        }
    }
}
