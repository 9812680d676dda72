package io.tandem;

import io.tandem.cli.TandemCommand;

/** Where {@code java -jar tandem.jar} starts. */
public final class Tandem {
    private Tandem() {}

    public static void main(String[] args) {
        int exitCode = TandemCommand.execute(args);
        if (exitCode != TandemCommand.KEEP_RUNNING) {
            System.exit(exitCode);
        }
    }
}
