package io.tandem.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandem.message.Outcome;
import io.tandem.message.ProblemType;
import io.tandem.message.Span;
import io.tandem.message.TraceContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class ReplyReaderTest {
    private final ReplyReader reader = new ReplyReader(1024, new ReplyMemory(1 << 20));

    @Test
    void replyThatStallsHasTimedOutWhicheverTimeoutStrikesFirst() {
        ReplyReader.Result result = read(new SocketTimeoutException("Read timed out"));

        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(result.status()).isZero();
    }

    @Test
    void replyThatBreaksOffHasFailedWithItsStatus() {
        ReplyReader.Result result = read(new IOException("Connection reset"));

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.problem()).isNotNull();
        assertThat(result.problem().type()).isEqualTo(ProblemType.TARGET_REPLY_BROKEN);
    }

    @Test
    void replyIsReadNoFurtherWhenRepliesTakeTooMuchTogether() throws IOException {
        ReplyMemory memory = new ReplyMemory(100_000);
        ReplyReader sharing = new ReplyReader(1 << 20, memory);
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };

        try (ReplyMemory.Part other = memory.part()) {
            other.grow(60_000);
            assertThatThrownBy(() -> sharing.readBody(endless, null)).isInstanceOf(ReplyMemory.ShortException.class);
            assertThat(memory.held()).isEqualTo(60_000);
        }
        assertThat(sharing.readBody(new ByteArrayInputStream(new byte[60_000]), null))
                .hasSize(60_000);
        assertThat(memory.held()).isZero();
    }

    @Test
    void partThatIsClosedWhileItGrowsHoldsNothing() throws Exception {
        ReplyMemory memory = new ReplyMemory(1 << 20);
        for (int round = 0; round < 1000; round++) {
            ReplyMemory.Part part = memory.part();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(part::close);
            part.grow(10);
            part.grow(10);
            closing.get(10, TimeUnit.SECONDS);
        }

        assertThat(memory.held()).isZero();
    }

    /** Of an attempt that its own timer has not ended yet. */
    private ReplyReader.Result read(IOException failure) {
        Attempt attempt = new Attempt(
                VerbatimHeaders.of(null, Map.of(), Map.of()), 1_000_000_000L, Span.unrecorded(TraceContext.root()));
        attempt.connected();
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        exchange.getMessage().setBody(new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }
        });
        return reader.read(exchange, attempt);
    }
}
