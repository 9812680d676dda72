package io.tandem.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/** A command line run in this JVM, and what it said. */
record CommandRun(int exitCode, String out, String err) {
    static final Surroundings NOWHERE = new Surroundings(
            (settings, target) -> {
                throw new IllegalArgumentException("the target '" + target.name() + "' needs no login");
            },
            page -> {},
            InputStream.nullInputStream(),
            false);

    static CommandRun of(String... args) {
        return in(NOWHERE, args);
    }

    /** At a terminal, where somebody types. */
    static CommandRun atTerminal(String typed, String... args) {
        InputStream in = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
        return in(new Surroundings(NOWHERE.logins(), NOWHERE.browser(), in, true), args);
    }

    /** With something piped in. */
    static CommandRun piped(String input, String... args) {
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return in(new Surroundings(NOWHERE.logins(), NOWHERE.browser(), in, false), args);
    }

    static CommandRun in(Surroundings surroundings, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        return run(surroundings, out, err, args);
    }

    /** Runs on another thread; {@code out} shows what was said so far. */
    static CompletableFuture<CommandRun> begin(Surroundings surroundings, StringWriter out, String... args) {
        return CompletableFuture.supplyAsync(() -> run(surroundings, out, new StringWriter(), args));
    }

    /** {@code out} shows what was said so far. */
    static CommandRun into(StringWriter out, String... args) {
        return run(NOWHERE, out, new StringWriter(), args);
    }

    private static CommandRun run(Surroundings surroundings, StringWriter out, StringWriter err, String... args) {
        CommandLine commandLine = TandemCommand.commandLine(surroundings)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        return new CommandRun(commandLine.execute(args), out.toString(), err.toString());
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    List<String> errLines() {
        return err.lines().toList();
    }
}
