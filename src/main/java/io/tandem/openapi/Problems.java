package io.tandem.openapi;

import io.tandem.message.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which problems a caller can get who sends a message. */
final class Problems {
    private Problems() {}

    /** The problems by their HTTP status, in ascending order. */
    static Map<Integer, List<ProblemType>> byStatus() {
        Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
        for (ProblemType type : ProblemType.values()) {
            if (answersMessage(type)) {
                byStatus.computeIfAbsent(type.status(), status -> new ArrayList<>())
                        .add(type);
            }
        }
        return byStatus;
    }

    /** Whether the problem is that of a merged reply, and has its members too. */
    static boolean isUnmetPolicy(ProblemType type) {
        return type == ProblemType.POLICY_NOT_MET || type == ProblemType.POLICY_TIMED_OUT;
    }

    /** A new problem does not compile until somebody has decided whether callers can get it. */
    private static boolean answersMessage(ProblemType type) {
        return switch (type) {
            case MALFORMED_JSON,
                    MALFORMED_REQUEST,
                    METHOD_NOT_ALLOWED,
                    NOT_ACCEPTABLE,
                    REQUEST_TIMEOUT,
                    BODY_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    HEADERS_TOO_LARGE,
                    INTERNAL_ERROR,
                    SATURATED,
                    DRAINING,
                    NOT_READY,
                    IN_FLIGHT,
                    IDEMPOTENCY_KEY_REUSED,
                    JOURNAL_UNAVAILABLE,
                    BACKLOG_FULL,
                    POLICY_NOT_MET,
                    POLICY_TIMED_OUT -> true;
            // no caller is asked who they are yet
            case UNAUTHORIZED, FORBIDDEN -> false;
            // of the folder
            case MALFORMED_RECORD -> false;
            // of other paths
            case NOT_FOUND -> false;
            // of one target, inside a merged reply
            case TARGET_REJECTED,
                    TARGET_FAILED,
                    TARGET_REDIRECTED,
                    TARGET_REPLY_BROKEN,
                    TARGET_REPLY_TOO_LARGE,
                    TARGET_UNREACHABLE,
                    TARGET_BUSY,
                    TARGET_TIMED_OUT,
                    TARGET_ROUTE_FAILED,
                    DELIVERY_UNKNOWN,
                    DELIVERY_EXPIRED,
                    DELIVERY_CANCELLED,
                    DELIVERY_WAITING,
                    TOKEN_UNAVAILABLE -> false;
        };
    }
}
