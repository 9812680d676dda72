package io.tandem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderBookTest {
    private final OrderBook book = new OrderBook();

    private static Reply order() {
        return new Reply(200, Map.of(), "{}");
    }

    @Test
    void forgetsTheOldestKeyBeyondTheLimit() {
        for (int i = 0; i <= OrderBook.MAX_KEYS; i++) {
            book.take("key-" + i, OrderBookTest::order);
        }

        assertThat(book.take("key-1", OrderBookTest::order).repeated()).isTrue();
        assertThat(book.take("key-0", OrderBookTest::order).repeated()).isFalse();
    }

    @Test
    void takesEachOrderWithoutAKey() {
        assertThat(book.take(null, OrderBookTest::order).repeated()).isFalse();
        assertThat(book.take(null, OrderBookTest::order).repeated()).isFalse();
    }
}
