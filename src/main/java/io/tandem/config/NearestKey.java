package io.tandem.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody who mistyped a word most likely meant. */
public final class NearestKey {
    private NearestKey() {}

    /** The first of the nearest candidates, empty when none is within {@code tolerance}. Upper case does not count. */
    static Optional<String> among(Collection<String> candidates, String word, int tolerance) {
        String wanted = word.toLowerCase(Locale.ROOT);
        String nearest = null;
        int least = tolerance + 1;
        for (String candidate : candidates) {
            int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                nearest = candidate;
                least = distance;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** As above, with a tolerance that suits the length of the word: one slip in three letters, at most three. */
    public static Optional<String> among(Collection<String> candidates, String word) {
        return among(candidates, word, Math.min(3, Math.max(1, word.length() / 3)));
    }

    /** Damerau-Levenshtein (optimal string alignment): letters left out, added, replaced, or swapped with the next. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], 1 + beforeLast[j - 2]);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
