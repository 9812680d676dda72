package io.tandem.demo;

import java.util.List;

/**
 * The demo can't start: a setting is wrong or a port is taken. The message is for people, one line for each fault, and
 * names the setting to change.
 */
public final class DemoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DemoException(List<String> faults) {
        super(String.join(System.lineSeparator(), faults));
    }
}
