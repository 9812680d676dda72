package io.tandem.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandem.support.GeneratedFile;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/problems.md}, written from {@link ProblemType}. */
class ProblemReferenceTest {
    private static final String PREFIX = "urn:tandem:problem:";

    @Test
    void pageIsUpToDateWhenRendered() {
        GeneratedFile.assertUpToDate(Path.of("docs/problems.md"), render(), ProblemReferenceTest.class);
    }

    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void everyProblemSaysWhenItComesUpAndWhatToDo(ProblemType type) {
        assertThat(type.type()).matches(PREFIX + "[a-z]+(-[a-z]+)*");
        assertThat(type.title()).matches("[A-Z][^|\\n]*[^.]");
        assertThat(Stream.of(type.when(), type.advice())).allMatch(text -> text.matches("[A-Z`][^|\\n]*\\."));
        assertThat(type.status()).isBetween(400, 599);
    }

    private static String render() {
        StringBuilder page = new StringBuilder(
                """
                <!-- Generated. Edit io.tandem.message.ProblemType, then
                     %s -->
                # Problems

                Every problem that Tandem tells (RFC 9457), to callers in `application/problem+json`, and inside merged
                replies and reply files for each target. `type` never changes, and is what programs should look at; `title` and
                `status` go with it; `detail` says what was wrong this time. [http.md](http.md#problems) says which call gets which.

                """
                        .formatted(GeneratedFile.command(ProblemReferenceTest.class)));
        for (ProblemType type : ProblemType.values()) {
            page.append("## ")
                    .append(type.type().substring(PREFIX.length()))
                    .append("\n\n`")
                    .append(type.type())
                    .append("` · ")
                    .append(type.status())
                    .append(" · ")
                    .append(type.title())
                    .append("\n\n**When:** ")
                    .append(type.when())
                    .append("<br>\n**What to do:** ")
                    .append(type.advice())
                    .append("\n\n");
        }
        return page.toString().stripTrailing() + "\n";
    }
}
