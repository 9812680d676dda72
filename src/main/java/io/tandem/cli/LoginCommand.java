package io.tandem.cli;

import io.tandem.config.ConfigurationException;
import io.tandem.config.ConfigurationLoader;
import io.tandem.config.Settings;
import io.tandem.oauth2.BrowserLogin;
import io.tandem.oauth2.DeviceLogin;
import io.tandem.oauth2.Grant;
import io.tandem.oauth2.LoginFailedException;
import io.tandem.oauth2.LoginSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem login}: a person logs in once; from then on Tandem gets tokens by itself. */
@Command(
        name = "login",
        description = {
            "Logs in for a target with auth=authorization-code, in the browser or on another device.",
            "Keeps the refresh token, encrypted, so that Tandem can get tokens from then on."
        },
        mixinStandardHelpOptions = true)
final class LoginCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration;

    @Parameters(index = "0", paramLabel = "TARGET", description = "The name of the target.")
    private String target;

    @Option(
            names = "--device",
            description = "For machines without a browser: shows a code to type into a page on another device.")
    private boolean device;

    @Option(names = "--no-browser", description = "Prints the URL only, and opens no browser.")
    private boolean noBrowser;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long to wait for the browser: 90s, 10m; default: 5m.")
    private Duration timeout = Duration.ofMinutes(5);

    LoginCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            return QuietLog.during(() -> {
                login(out, err);
                return TandemCommand.DONE;
            });
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return TandemCommand.FAILED;
        } catch (LoginFailedException e) {
            err.println("The login for " + target + " did not work: " + e.getMessage());
            return TandemCommand.FAILED;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return TandemCommand.FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private void login(PrintWriter out, PrintWriter err) {
        Settings settings = ConfigurationLoader.load(configuration.sources());
        Surroundings.Login login = surroundings.logins().apply(settings, known(settings));
        if (device) {
            onOtherDevice(login.settings(), out, err);
        } else {
            inBrowser(login, out, err);
        }
        Grant.AuthorizationCode kept = login.settings().login();
        out.println("Logged in for " + target + ". The refresh token is kept, encrypted, in "
                + kept.store().place(kept.name()) + ".");
    }

    private Settings.Target known(Settings settings) {
        Settings.Target known = settings.targets().get(target);
        if (known == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "There is no target '" + target + "'; there are: "
                            + String.join(", ", settings.targets().keySet()));
        }
        return known;
    }

    private void inBrowser(Surroundings.Login plan, PrintWriter out, PrintWriter err) {
        try (BrowserLogin login = BrowserLogin.start(plan.settings(), plan.redirect())) {
            out.println("Open this page in a browser on this machine to log in for " + target + ":");
            out.println("  " + login.url());
            out.flush();
            if (!noBrowser) {
                surroundings.browser().accept(login.url());
            }
            progress(err, "Waiting for it to come back to " + login.redirectUri() + " ...");
            login.await(timeout);
        }
    }

    private void onOtherDevice(LoginSettings settings, PrintWriter out, PrintWriter err) {
        try (DeviceLogin login = DeviceLogin.start(settings)) {
            out.println("Open this page on any device to log in for " + target + ":");
            out.println("  " + login.verificationUri());
            out.println("and type the code:");
            out.println("  " + login.userCode());
            login.verificationUriComplete()
                    .ifPresent(page -> out.println("or open the page with the code in it:\n  " + page));
            out.flush();
            progress(err, "Waiting; the code is good for " + login.lifetime().toSeconds() + " s ...");
            login.await();
        }
    }

    private void progress(PrintWriter err, String text) {
        if (surroundings.terminal()) {
            err.println(text);
            err.flush();
        }
    }
}
