package io.tandem.target;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which answers of a target mean that the token is no longer good. Immutable. */
record RejectedStatuses(Set<Integer> statuses) {
    private static final int FORBIDDEN = 403;

    /** RFC 6750, section 3.1. */
    private static final Pattern INSUFFICIENT_SCOPE =
            Pattern.compile("\\berror\\s*=\\s*\"?insufficient_scope\\b", Pattern.CASE_INSENSITIVE);

    RejectedStatuses {
        statuses = Set.copyOf(statuses);
    }

    /** A token that may too little is as good as its successor: another one would get the same answer. */
    boolean covers(int status, @Nullable String challenge) {
        return statuses.contains(status)
                && !(status == FORBIDDEN
                        && challenge != null
                        && INSUFFICIENT_SCOPE.matcher(challenge).find());
    }
}
