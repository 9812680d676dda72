package io.tandem.message;

/**
 * Every problem that Tandem tells a caller, with its stable type, title and status (RFC 9457). Titles never depend on
 * the occurrence; what does goes into {@link Problem#detail()}.
 */
public enum ProblemType {
    MALFORMED_JSON("malformed-json", "The body is not valid JSON", 400),
    MALFORMED_REQUEST("malformed-request", "The request is malformed", 400),
    MALFORMED_RECORD("malformed-record", "The record or file can't be read", 400),
    UNAUTHORIZED("unauthorized", "Authentication is required", 401),
    FORBIDDEN("forbidden", "The caller may not do this", 403),
    NOT_FOUND("not-found", "There is nothing here", 404),
    METHOD_NOT_ALLOWED("method-not-allowed", "The method is not allowed here", 405),
    NOT_ACCEPTABLE("not-acceptable", "No representation fits the Accept header", 406),
    REQUEST_TIMEOUT("request-timeout", "The request did not arrive in time", 408),
    BODY_TOO_LARGE("body-too-large", "The body is too large", 413),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", "The content type or encoding is not supported", 415),
    HEADERS_TOO_LARGE("headers-too-large", "The request line or the headers are too large", 431),
    RATE_LIMITED("rate-limited", "The caller sends too many requests", 429),
    IN_FLIGHT("in-flight", "The message is being processed", 409),
    IDEMPOTENCY_KEY_REUSED("idempotency-key-reused", "The Idempotency-Key belongs to another message", 422),
    INTERNAL_ERROR("internal-error", "The message could not be processed", 500),
    AUTHENTICATION_UNAVAILABLE("authentication-unavailable", "It can't be checked now who calls", 503),
    SATURATED("saturated", "Too many messages are in flight", 503),
    DRAINING("draining", "Tandem is shutting down", 503),
    NOT_READY("not-ready", "The routes are not running", 503),
    JOURNAL_UNAVAILABLE("journal-unavailable", "The message can't be written down", 503),
    BACKLOG_FULL("backlog-full", "Too many messages wait for their delivery", 503),
    POLICY_NOT_MET("policy-not-met", "The completion policy was not met", 502),
    POLICY_TIMED_OUT("policy-timed-out", "The targets did not answer in time", 504),

    TARGET_REJECTED("target-rejected", "Target rejected the message", 502),
    TARGET_FAILED("target-failed", "Target failed", 502),
    TARGET_REDIRECTED("target-redirected", "Target answered with a redirect, which is not followed", 502),
    TARGET_REPLY_BROKEN("target-reply-broken", "Target's reply broke off or could not be read", 502),
    TARGET_REPLY_TOO_LARGE("target-reply-too-large", "Target's reply is too large", 502),
    TARGET_UNREACHABLE("target-unreachable", "Target could not be reached", 503),
    TARGET_ADDRESS_DENIED("target-address-denied", "No connection to the target's address is allowed", 502),
    TARGET_BUSY("target-busy", "No connection to the target was free in time", 503),
    TARGET_LIMITED("target-limited", "The target's own limits left no room in time", 503),
    TARGET_SUSPENDED("target-suspended", "Target fails too often and is left alone for a while", 503),
    TARGET_TIMED_OUT("target-timed-out", "Target did not answer in time", 504),
    DELIVERY_UNKNOWN("delivery-unknown", "It is unknown whether the target has processed the message", 502),
    DELIVERY_EXPIRED("delivery-expired", "The message became too old before it could be delivered", 502),
    DELIVERY_CANCELLED("delivery-cancelled", "The delivery was cancelled", 503),
    DELIVERY_WAITING("delivery-waiting", "The delivery is still to be made", 503),
    TARGET_CONDITION_FAILED("target-condition-failed", "The target's condition can't be applied to the message", 500),
    TARGET_REMOVED("target-removed", "Target is not configured any more", 409),
    TARGET_ROUTE_FAILED("target-route-failed", "The route to the target failed", 500),
    TOKEN_OF_CALLER_NEEDED("token-of-caller-needed", "The target needs the token of the caller", 401),
    TOKEN_UNAVAILABLE("token-unavailable", "No access token for the target could be had", 503);

    private final String type;
    private final String title;
    private final int status;

    ProblemType(String name, String title, int status) {
        this.type = "urn:tandem:problem:" + name;
        this.title = title;
        this.status = status;
    }

    /** The URI that identifies the kind of problem; never changes. */
    public String type() {
        return type;
    }

    /** One line for people; the same for every occurrence. */
    public String title() {
        return title;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }
}
