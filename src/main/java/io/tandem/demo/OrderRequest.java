package io.tandem.demo;

import org.jspecify.annotations.Nullable;

/**
 * A request for an order, without its body.
 *
 * @param authorization the header, a secret
 * @param bytes of the body
 */
record OrderRequest(
        @Nullable String authorization,
        @Nullable String idempotencyKey,
        @Nullable String messageId,
        @Nullable String contentType,
        int bytes) {

    @Override
    public String toString() {
        return "OrderRequest[messageId=" + messageId + ", bytes=" + bytes + "]";
    }
}
