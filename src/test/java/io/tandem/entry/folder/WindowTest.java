package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
    private final List<String> called = new ArrayList<>();
    private final Window.Waiter a = new Named("a");
    private final Window.Waiter b = new Named("b");

    @Test
    void freePlacesGoToThoseWhoWaitInTheirOrder() {
        Window window = new Window(1);
        assertThat(window.tryEnter(a)).isTrue();
        assertThat(window.tryEnter(b)).isFalse();
        assertThat(window.tryEnter(a)).isFalse();

        window.exit();

        assertThat(called).containsExactly("b");
        assertThat(window.tryEnter(a)).isFalse();
        assertThat(window.tryEnter(b)).isTrue();
        window.exit();
        assertThat(called).containsExactly("b", "a");
        assertThat(window.tryEnter(a)).isTrue();
    }

    @Test
    void aReservedPlaceIsPassedOnByThoseWhoLeave() {
        Window window = new Window(1);
        window.tryEnter(a);
        window.tryEnter(b);
        window.exit();

        window.leave(b);

        assertThat(window.tryEnter(a)).isTrue();
        assertThat(window.tryEnter(b)).isFalse();
    }

    private final class Named implements Window.Waiter {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void placeFree() {
            called.add(name);
        }
    }
}
