package io.tandem.cli;

import io.tandem.caller.NewCredential;
import io.tandem.config.CallerList;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem hash-key}: makes a credential for a caller, and the line by which Tandem knows it. */
@Command(
        name = "hash-key",
        description = {
            "Makes an API key for a caller, and prints the line for tandem.auth.callers by which Tandem knows it.",
            "The key itself is shown once, on standard error."
        },
        mixinStandardHelpOptions = true)
final class HashKeyCommand implements Callable<Integer> {
    /** Of keys that were made elsewhere: 128 bits in hexadecimal. */
    private static final int LEAST_KEY = 32;

    private static final int LEAST_PASSWORD = 8;

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The caller: letters, digits, '.', '_', '-'.")
    private String name;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "What the caller may do, such as messages.read; may be given several times. Default: send.")
    private List<String> scopes = new ArrayList<>();

    @Option(
            names = "--password",
            description = "For tandem.auth=basic: asks for a password, or reads it from standard input.")
    private boolean password;

    @Option(
            names = "--existing",
            description = "Asks for a key that there is already, or reads it from standard input.")
    private boolean existing;

    HashKeyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        if (!CallerList.isName(name)) {
            throw wrong("NAME: expected at most 64 letters, digits, '.', '_', '-'");
        }
        if (!scopes.stream().allMatch(CallerList::isScope)) {
            throw wrong("--scope: expected one scope without spaces, such as messages.read");
        }
        if (password && existing) {
            throw wrong("--password and --existing exclude each other");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        NewCredential credential = new NewCredential();
        if (password) {
            char[] typed = typed("Password: ", LEAST_PASSWORD, "a password").toCharArray();
            out.println(credential.ofPassword(name, typed, scopes).line());
        } else if (existing) {
            // who may guess at it is not slowed down by its hash
            String key = typed("Key: ", LEAST_KEY, "a key; for a password there is --password");
            out.println(credential.ofKey(name, key, scopes).line());
        } else {
            String key = credential.key();
            out.println(credential.ofKey(name, key, scopes).line());
            err.println("The key of " + name + ", shown only now: " + key);
        }
        out.flush();
        err.flush();
        return TandemCommand.DONE;
    }

    private String typed(String prompt, int least, String what) throws IOException {
        String typed = surroundings.secret(prompt);
        if (typed.length() < least) {
            throw new ClientException("expected at least " + least + " characters of " + what);
        }
        return typed;
    }

    private ParameterException wrong(String reason) {
        return new ParameterException(spec.commandLine(), reason);
    }
}
