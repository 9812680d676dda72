package io.tandem.kafka;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Says in a line what went wrong between Tandem and the brokers. Stateless. */
public final class KafkaFaults {
    private KafkaFaults() {}

    /** For those who run Tandem; shows no secret. */
    public static String explain(Throwable failure) {
        Throwable cause = cause(failure);
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof AuthenticationException) {
            return "the brokers refuse Tandem's credentials: " + message;
        }
        if (cause instanceof AuthorizationException) {
            return "the brokers forbid it: " + message;
        }
        return cause instanceof TimeoutException ? "the brokers did not answer in time: " + message : message;
    }

    /** What a stage has failed with. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
