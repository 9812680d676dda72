package io.tandem.openapi;

import static io.tandem.openapi.Call.LIST;
import static io.tandem.openapi.Call.REPLAY;
import static io.tandem.openapi.Call.SEND;
import static io.tandem.openapi.Call.SEND_GUARANTEED;
import static io.tandem.openapi.Call.SHOW;
import static io.tandem.openapi.Call.STORY;
import static io.tandem.openapi.Call.WATCH;

import io.tandem.message.ProblemType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which problems a caller can get. */
final class Problems {
    private Problems() {}

    /** The problems of a call by their HTTP status, in ascending order. */
    static Map<Integer, List<ProblemType>> byStatus(Call call, AnswerForm form, Security security) {
        Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
        for (ProblemType type : ProblemType.values()) {
            if (callsWith(type).contains(call)
                    && security.allows(type)
                    && (type != ProblemType.MERGE_FAILED || form == AnswerForm.OWN)) {
                byStatus.computeIfAbsent(type.status(), status -> new ArrayList<>())
                        .add(type);
            }
        }
        return byStatus;
    }

    /** Whether the problem is that of a merged reply, and has its members too. */
    static boolean isMergedReply(ProblemType type) {
        return type == ProblemType.POLICY_NOT_MET
                || type == ProblemType.POLICY_TIMED_OUT
                || type == ProblemType.MERGE_FAILED;
    }

    /** A new problem does not compile until somebody has decided whether callers can get it. */
    private static Set<Call> callsWith(ProblemType type) {
        return switch (type) {
            case MALFORMED_REQUEST -> EnumSet.complementOf(EnumSet.of(WATCH));
            case NOT_ACCEPTABLE, INTERNAL_ERROR -> EnumSet.complementOf(EnumSet.of(WATCH, STORY));
            case UNAUTHORIZED,
                    FORBIDDEN,
                    RATE_LIMITED,
                    HEADERS_TOO_LARGE,
                    AUTHENTICATION_UNAVAILABLE,
                    SATURATED,
                    DRAINING,
                    NOT_READY -> EnumSet.allOf(Call.class);
            case MALFORMED_JSON, REQUEST_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE ->
                EnumSet.of(SEND, SEND_GUARANTEED, REPLAY);
            case METHOD_NOT_ALLOWED, POLICY_NOT_MET, POLICY_TIMED_OUT, MERGE_FAILED ->
                EnumSet.of(SEND, SEND_GUARANTEED);
            case IN_FLIGHT, IDEMPOTENCY_KEY_REUSED, BACKLOG_FULL -> EnumSet.of(SEND_GUARANTEED);
            case INTAKE_UNAVAILABLE -> EnumSet.of(SEND_GUARANTEED, SHOW);
            case JOURNAL_UNAVAILABLE -> EnumSet.of(SEND_GUARANTEED, LIST, SHOW, REPLAY);
            case NOT_FOUND -> EnumSet.of(SHOW, REPLAY);
            case TARGET_REMOVED -> EnumSet.of(REPLAY);
            // of the folder
            case MALFORMED_RECORD -> EnumSet.noneOf(Call.class);
            // of one target, inside a merged reply or a message
            case TARGET_REJECTED,
                    TARGET_FAILED,
                    TARGET_REDIRECTED,
                    TARGET_REPLY_BROKEN,
                    TARGET_REPLY_TOO_LARGE,
                    TARGET_UNREACHABLE,
                    TARGET_ADDRESS_DENIED,
                    TARGET_BUSY,
                    TARGET_LIMITED,
                    TARGET_CONDITION_FAILED,
                    TARGET_SUSPENDED,
                    TARGET_TIMED_OUT,
                    TARGET_ROUTE_FAILED,
                    DELIVERY_UNKNOWN,
                    DELIVERY_EXPIRED,
                    DELIVERY_CANCELLED,
                    DELIVERY_WAITING,
                    TOKEN_OF_CALLER_NEEDED,
                    TOKEN_UNAVAILABLE -> EnumSet.noneOf(Call.class);
        };
    }
}
