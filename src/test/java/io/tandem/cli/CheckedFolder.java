package io.tandem.cli;

import io.tandem.support.RoutesFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder with a copy of the project's routes and properties for them, to plant mistakes in. */
final class CheckedFolder extends RoutesFolder {
    private static final String PROPERTIES =
            """
            target.api-one.url=http://127.0.0.1:9/one
            target.api-one.auth=none
            target.api-two.url=http://127.0.0.1:9/two
            target.api-two.auth=none
            tandem.http.port=0
            tandem.management.port=0
            """;

    CheckedFolder(Path folder) {
        super(folder);
        write(
                "application.properties",
                PROPERTIES + "tandem.routes=" + folder.resolve("routes") + "\ntandem.inbox.dir="
                        + folder.resolve("data/inbox") + "\n");
    }

    CommandRun check(String... more) {
        return CommandRun.of(arguments("check", more));
    }

    String[] arguments(String command, String... more) {
        List<String> all = new ArrayList<>(
                List.of(command, "--config", path("application.properties").toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
