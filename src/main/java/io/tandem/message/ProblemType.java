package io.tandem.message;

/**
 * Every problem that Tandem tells a caller, with its stable type, title and status (RFC 9457). Titles never depend on
 * the occurrence; what does goes into {@link Problem#detail()}.
 */
public enum ProblemType {
    MALFORMED_JSON(
            "malformed-json",
            "The body is not valid JSON",
            400,
            "The content type is JSON and the body is not, or is empty or nested too deeply.",
            "Mend the body: the detail says at which line and column; or send the content type that it has."),
    MALFORMED_REQUEST(
            "malformed-request",
            "The request is malformed",
            400,
            "A header, a parameter or the request line can't be read: an Idempotency-Key that is too long, a Prefer that is no number, an id that is none.",
            "Mend what the detail names."),
    MALFORMED_RECORD(
            "malformed-record",
            "The record or file can't be read",
            400,
            "A record of a file is no JSON, has another number of columns than its header, or is too large; a record of a topic has no value, is too large, a serialised Java object, or no CloudEvent though it says so.",
            "Mend the record, and drop or send it again: the reply file, or the header Tandem-Detail of the dead letter, says what is wrong. `tandem.inbox.max-record` and `tandem.kafka.max-record` are the largest."),
    UNAUTHORIZED(
            "unauthorized",
            "Authentication is required",
            401,
            "The caller shows no credentials, or wrong ones.",
            "Send the credentials that Tandem asks for in WWW-Authenticate."),
    FORBIDDEN(
            "forbidden",
            "The caller may not do this",
            403,
            "The caller is known and may not do this; or a web page of another site had a browser send it, or it came by a name that is not known to be Tandem's.",
            "Call as somebody who may; for web pages and names, see `tandem.http.origins`."),
    NOT_FOUND(
            "not-found",
            "There is nothing here",
            404,
            "Nothing answers to this path, or there is no message with this id (any more).",
            "Mend the path or the id; the journal forgets messages after `tandem.journal.keep`."),
    METHOD_NOT_ALLOWED(
            "method-not-allowed",
            "The method is not allowed here",
            405,
            "The path exists, and is not called with this method.",
            "Use one of the methods in the header Allow."),
    NOT_ACCEPTABLE(
            "not-acceptable",
            "No representation fits the Accept header",
            406,
            "The caller accepts no JSON.",
            "Accept `application/json` and `application/problem+json`, or leave Accept out."),
    REQUEST_TIMEOUT(
            "request-timeout",
            "The request did not arrive in time",
            408,
            "The request was not there as a whole within `tandem.http.read-timeout`.",
            "Send it again, faster; or raise that key."),
    BODY_TOO_LARGE(
            "body-too-large",
            "The body is too large",
            413,
            "The body is larger than `tandem.http.max-body`.",
            "Send less, drop a file into the watched folder, or raise that key."),
    UNSUPPORTED_MEDIA_TYPE(
            "unsupported-media-type",
            "The content type or encoding is not supported",
            415,
            "The content type is missing or malformed, or the body is compressed.",
            "Send the content type, and the body as it is."),
    HEADERS_TOO_LARGE(
            "headers-too-large",
            "The request line or the headers are too large",
            431,
            "The request line or the headers are longer than the server takes.",
            "Send fewer and shorter headers."),
    RATE_LIMITED(
            "rate-limited",
            "The caller sends too many requests",
            429,
            "The caller sent more requests than it may in a time.",
            "Wait as long as Retry-After says; send more slowly."),
    IN_FLIGHT(
            "in-flight",
            "The message is being processed",
            409,
            "A message with the same Idempotency-Key is under way.",
            "Wait as long as Retry-After says, and send it again: the answer is that of the first."),
    IDEMPOTENCY_KEY_REUSED(
            "idempotency-key-reused",
            "The Idempotency-Key belongs to another message",
            422,
            "The Idempotency-Key was used for a message with another body.",
            "Use a new key for each message."),
    INTERNAL_ERROR(
            "internal-error",
            "The message could not be processed",
            500,
            "A route failed before or after the targets, or Tandem itself.",
            "Look for the message id in Tandem's log; mend the route."),
    AUTHENTICATION_UNAVAILABLE(
            "authentication-unavailable",
            "It can't be checked now who calls",
            503,
            "What it takes to check the caller's credentials can't be had now: the keys of the issuer can't be loaded.",
            "Send it again after Retry-After; whoever runs Tandem looks into its log."),
    SATURATED(
            "saturated",
            "Too many messages are in flight",
            503,
            "`tandem.max-in-flight` messages are under way.",
            "Wait as long as Retry-After says; send less at once; or raise that key."),
    DRAINING(
            "draining",
            "Tandem is shutting down",
            503,
            "Tandem is stopping.",
            "Send it again after Retry-After, to whichever instance answers then."),
    NOT_READY(
            "not-ready",
            "The routes are not running",
            503,
            "The routes are not running yet.",
            "Send it again after Retry-After."),
    JOURNAL_UNAVAILABLE(
            "journal-unavailable",
            "The message can't be written down",
            503,
            "The message has to be journaled, and the journal takes nothing: its disk is full, its database is away.",
            "Send it again later, with the same Idempotency-Key; whoever runs Tandem sees the reason in `/observe/health`."),
    BACKLOG_FULL(
            "backlog-full",
            "Too many messages wait for their delivery",
            503,
            "`tandem.journal.max-pending` messages wait for their delivery.",
            "Send it again later; mend the target that is down, or raise that key."),
    INTAKE_UNAVAILABLE(
            "intake-unavailable",
            "The message can't be written to Kafka",
            503,
            "The message has to be written to Kafka first (`tandem.intake=kafka`), and no broker confirms it in time.",
            "Send it again after Retry-After; whoever runs Tandem sees the reason in `/observe/health`."),
    POLICY_NOT_MET(
            "policy-not-met",
            "The completion policy was not met",
            502,
            "Not enough targets took the message for `tandem.completion`.",
            "Look at `replies` in the same document; send it again with an Idempotency-Key, and only the targets that lack it get it."),
    POLICY_TIMED_OUT(
            "policy-timed-out",
            "The targets did not answer in time",
            504,
            "As policy-not-met, and every target that lacks it ran out of time: whether they have it is unknown.",
            "As for policy-not-met; or give them more time, `target.<name>.timeout` and `tandem.deadline`."),

    MERGE_FAILED(
            "merge-failed",
            "The replies could not be merged",
            500,
            "The completion policy was met, and the merge strategy of your own failed, gave nothing, too much or no JSON, or took too long.",
            "Nothing needs to be sent again: `replies` has what the targets said. Look for the message id in Tandem's log; mend the strategy."),

    TARGET_REJECTED(
            "target-rejected",
            "Target rejected the message",
            502,
            "The target answered with 4xx: it does not want this message.",
            "Mend the message, or the credentials on 401 and 403; sent again as it is, it would be rejected again."),
    TARGET_FAILED(
            "target-failed",
            "Target failed",
            502,
            "The target answered with 5xx, as often as it was tried.",
            "Send it again later, or journal it, and Tandem does."),
    TARGET_REDIRECTED(
            "target-redirected",
            "Target answered with a redirect, which is not followed",
            502,
            "The target answered with a redirect, which would take the credentials elsewhere.",
            "Set `target.<name>.url` to where it leads, if that can be trusted."),
    TARGET_REPLY_BROKEN(
            "target-reply-broken",
            "Target's reply broke off or could not be read",
            502,
            "The reply broke off or could not be decoded; the message may have been processed.",
            "Look at the target's side; send it again with the same Idempotency-Key."),
    TARGET_REPLY_TOO_LARGE(
            "target-reply-too-large",
            "Target's reply is too large",
            502,
            "The reply is larger than `target.<name>.max-reply`; the message was probably processed.",
            "Raise that key, or ask the target for less."),
    TARGET_UNREACHABLE(
            "target-unreachable",
            "Target could not be reached",
            503,
            "No connection to the target came about; it certainly has not got the message.",
            "Check `target.<name>.url`, DNS, firewall and TLS with `bin/tandem check --connect`."),
    TARGET_ADDRESS_DENIED(
            "target-address-denied",
            "No connection to the target's address is allowed",
            502,
            "The target's name resolves to an address that `tandem.egress.deny` names; the message was not sent.",
            "Check the name and its DNS records; if the address is right, take it out of that key."),
    TARGET_BUSY(
            "target-busy",
            "No connection to the target was free in time",
            503,
            "No connection of the pool became free within `target.<name>.lease-timeout`.",
            "Raise `target.<name>.max-connections`, or send less at once."),
    TARGET_LIMITED(
            "target-limited",
            "The target's own limits left no room in time",
            503,
            "The target's bulkhead or rate limiter had no place for the message in time; it was not sent.",
            "Send it again later; send less at once, or raise the limits of the target."),
    TARGET_SUSPENDED(
            "target-suspended",
            "Target fails too often and is left alone for a while",
            503,
            "The target's circuit breaker is open, because of many failures; the message was not sent.",
            "Send it again later, or journal it, and Tandem does; mend the target."),
    TARGET_TIMED_OUT(
            "target-timed-out",
            "Target did not answer in time",
            504,
            "The message was sent, and no whole reply came within `target.<name>.timeout` or the deadline: whether it was processed is unknown.",
            "Send it again with the same Idempotency-Key; or give the target more time."),
    DELIVERY_UNKNOWN(
            "delivery-unknown",
            "It is unknown whether the target has processed the message",
            502,
            "Tandem stopped while the message was under way to a target that does not recognise repeated messages (`target.<name>.idempotent=false`).",
            "Ask the target whether it has it, then `bin/tandem replay ID --target NAME` if not."),
    DELIVERY_EXPIRED(
            "delivery-expired",
            "The message became too old before it could be delivered",
            502,
            "The message was not delivered within `target.<name>.redelivery.max-age`.",
            "Mend the target, then `bin/tandem replay --dead`."),
    DELIVERY_CANCELLED(
            "delivery-cancelled",
            "The delivery was cancelled",
            503,
            "The replies of other targets were enough (`tandem.completion=first`, `tandem.shape=first`), or had decided the policy (`tandem.late=cancel`).",
            "Nothing: that is how it is configured."),
    DELIVERY_WAITING(
            "delivery-waiting",
            "The delivery is still to be made",
            503,
            "The journal is to make this delivery later: the target is down, or earlier messages go first.",
            "Nothing; `GET /messages/{id}` shows the next attempt."),
    TARGET_CONDITION_FAILED(
            "target-condition-failed",
            "The target's condition can't be applied to the message",
            500,
            "The condition by which the target gets some messages only can't be applied to this one; it was not sent.",
            "Mend the condition, or the message: Tandem's log has the reason."),
    TARGET_REMOVED(
            "target-removed",
            "Target is not configured any more",
            409,
            "The message waits for a target that has been taken out of the configuration since.",
            "Configure the target again, and the delivery goes on; else it ends by itself when the message is too old."),
    TARGET_ROUTE_FAILED(
            "target-route-failed",
            "The route to the target failed",
            500,
            "A step of the route to the target failed, not the target.",
            "Look for the message id in Tandem's log; mend the route."),
    TOKEN_OF_CALLER_NEEDED(
            "token-of-caller-needed",
            "The target needs the token of the caller",
            401,
            "The target is called on behalf of the caller (`auth=token-exchange`), who sent no bearer token.",
            "Send one in Authorization."),
    TOKEN_UNAVAILABLE(
            "token-unavailable",
            "No access token for the target could be had",
            503,
            "The authorization server gave no token for the target, or can't be reached.",
            "Look at the check `tokens` in `/observe/health`, or run `bin/tandem check --connect`.");

    private final String type;
    private final String title;
    private final int status;

    private final String when;
    private final String advice;

    ProblemType(String name, String title, int status, String when, String advice) {
        this.type = "urn:tandem:problem:" + name;
        this.title = title;
        this.status = status;
        this.when = when;
        this.advice = advice;
    }

    /** The URI that identifies the kind of problem; never changes. */
    public String type() {
        return type;
    }

    /** The last part of {@link #type}, which is enough where no others are. */
    public String word() {
        return type.substring(type.lastIndexOf(':') + 1);
    }

    /** One line for people; the same for every occurrence. */
    public String title() {
        return title;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }

    /** When it comes up, for the reference page. */
    public String when() {
        return when;
    }

    /** What to do about it, for the reference page. */
    public String advice() {
        return advice;
    }
}
