package io.tandem.entry.folder;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.ulid.Ulid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {
    @TempDir
    Path data;

    private final List<Ulid> ended = new ArrayList<>();
    private InboxFolders folders;

    @BeforeEach
    void prepare() throws IOException {
        folders = InboxFolders.of(data.resolve("inbox"));
        folders.prepare();
    }

    @Test
    void aClaimedFileHasLeftTheInbox() throws IOException {
        try (Claims claims = opened()) {
            Path file = Files.writeString(folders.inbox().resolve("a.json"), "{}");

            Claim claim = claims.claim(file);

            assertThat(claim).isNotNull();
            assertThat(file).doesNotExist();
            assertThat(claim.path()).hasContent("{}");
            assertThat(claims.isLive(claim)).isTrue();
        }
    }

    @Test
    void aFileIsClaimedOnce() throws IOException {
        try (Claims one = opened();
                Claims two = opened()) {
            Path file = Files.writeString(folders.inbox().resolve("a.json"), "{}");

            assertThat(one.claim(file)).isNotNull();
            assertThat(two.claim(file)).isNull();
        }
    }

    @Test
    void anotherFileOfThatNameWaitsAndIsNotOverwritten() throws IOException {
        try (Claims claims = opened()) {
            Path file = Files.writeString(folders.inbox().resolve("a.json"), "1");
            Claim first = claims.claim(file);
            Files.writeString(file, "2");

            assertThat(claims.claim(file)).isNull();
            claims.settle(first, folders.done(), "a.json");
            Claim second = claims.claim(file);
            claims.settle(second, folders.done(), "a.json");

            assertThat(folders.done().resolve("a.json")).hasContent("1");
            assertThat(folders.done().resolve("a-2.json")).hasContent("2");
        }
    }

    @Test
    void whatADeadProcessLeftIsPutBack() throws IOException {
        Claims dead = opened();
        dead.claim(Files.writeString(folders.inbox().resolve("a.json"), "old"));
        dead.claim(Files.writeString(folders.inbox().resolve("b.json"), "other"));
        Path part = Files.createFile(folders.replies().resolve(dead.partName()));
        // what the system does when a process dies: its locks are free, its files are there
        dead.close();
        Files.writeString(folders.inbox().resolve("a.json"), "new");

        try (Claims claims = opened()) {
            assertThat(folders.inbox().resolve("a.json")).hasContent("new");
            assertThat(folders.inbox().resolve("a-2.json")).hasContent("old");
            assertThat(folders.inbox().resolve("b.json")).hasContent("other");
            assertThat(part).doesNotExist();
            assertThat(claims.size()).isZero();
        }
        assertThat(list(folders.claimed())).isEmpty();
    }

    @Test
    void whatALivingProcessHoldsIsLeftAlone() throws IOException {
        try (Claims living = opened()) {
            Claim claim = living.claim(Files.writeString(folders.inbox().resolve("a.json"), "{}"));
            Path part = Files.createFile(folders.replies().resolve(living.partName()));
            try (Claims starting = opened()) {
                assertThat(claim.path()).exists();
                assertThat(part).exists();
                assertThat(starting.claim(folders.inbox().resolve("a.json"))).isNull();
            }
            // a second set of routes in the same process
            living.open();
            assertThat(claim.path()).exists();
            living.release(claim);
            assertThat(folders.inbox().resolve("a.json")).exists();
        }
    }

    @Test
    void aFileThatSomeoneTakesAwayEndsItsClaim() throws IOException {
        try (Claims claims = opened()) {
            Claim claim = claims.claim(Files.writeString(folders.inbox().resolve("a.json"), "{}"));
            Files.delete(claim.path());

            claims.settle(claim, folders.done(), "a.json");

            assertThat(claims.size()).isZero();
            assertThat(list(folders.done())).isEmpty();
        }
    }

    @Test
    void whatIsKnownOfAFileComesAlongWhenItGoesBack() throws IOException {
        ContentHash content = new ContentHash(3, "abc");
        FileIdentity before;
        try (Claims claims = opened()) {
            Claim claim = claims.claim(Files.writeString(folders.inbox().resolve("a.json"), "old"));
            before = claims.begin(claim, content, false).identity();
            assertThat(before.resumed()).isNull();
            assertThat(claims.begin(claim, new ContentHash(3, "other"), false)
                            .identity()
                            .hash())
                    .isNotEqualTo(before.hash());
            before = claims.begin(claim, content, false).identity();
            Files.writeString(folders.inbox().resolve("a.json"), "new");
            claims.release(claim);
        }
        try (Claims claims = opened()) {
            Claim another = claims.claim(folders.inbox().resolve("a.json"));
            Claim claim = claims.claim(folders.inbox().resolve("a-2.json"));

            Claims.Work resumed = claims.begin(claim, content, false);
            Claims.Work begun = claims.begin(another, new ContentHash(3, "def"), false);
            assertThat(begun.identity().resumed()).isNull();
            assertThat(begun.output()).isEqualTo("a-2.json");
            assertThat(resumed.identity().hash()).isEqualTo(before.hash());
            assertThat(resumed.identity().resumed()).isNotNull();
            assertThat(resumed.output()).isEqualTo("a.json");

            claims.settle(another, folders.done(), begun.output());
            claims.settle(claim, folders.failed(), resumed.output());
            assertThat(ended)
                    .contains(begun.identity().work(), resumed.identity().work());
        }
        try (Claims claims = opened()) {
            // when it failed, and is dropped again under the name that it had at last
            Claim claim = claims.claim(Files.writeString(folders.inbox().resolve("a.json"), "old"));

            assertThat(claims.begin(claim, content, true).identity().resumed()).isNull();
        }
    }

    @Test
    void nameBelongsToTheFileUntilItHasEndedWhoeverWorksOnIt() throws IOException {
        ContentHash content = new ContentHash(1, "abc");
        Claims dead = opened();
        Claim killed = dead.claim(Files.writeString(folders.inbox().resolve("a.json"), "1"));
        Claims.Work work = dead.begin(killed, content, true);
        Files.writeString(folders.replies().resolve("a.json.reply.json"), "half done");
        try (Claims other = opened()) {
            Claim claim = other.claim(Files.writeString(folders.inbox().resolve("a.json"), "2"));
            assertThat(other.begin(claim, new ContentHash(1, "def"), true).output())
                    .isEqualTo("a-2.json");
            other.settle(claim, folders.done(), "a-2.json");
        }
        dead.close();
        Files.delete(folders.replies().resolve("a.json.reply.json"));

        try (Claims claims = opened()) {
            Claim another = claims.claim(Files.writeString(folders.inbox().resolve("b.json"), "a"));
            Files.move(folders.inbox().resolve("a.json"), folders.inbox().resolve("aside"));
            Claim third = claims.claim(Files.writeString(folders.inbox().resolve("a.json"), "3"));
            assertThat(claims.begin(another, content, true).output()).isEqualTo("b.json");
            // the note of the first is lost with its name
            assertThat(claims.begin(third, new ContentHash(1, "ghi"), true).output())
                    .isEqualTo("a.json");
            assertThat(ended).contains(work.identity().work());
            claims.settle(another, folders.done(), "b.json");
            claims.settle(third, folders.done(), "a.json");
        }
        assertThat(folders.claimed().resolve("names")).doesNotExist();
    }

    @Test
    void retryFileDoesNotTakeTheNameOfARetryFileInTheMaking() throws IOException {
        try (Claims claims = opened()) {
            Claim file = claims.claim(Files.writeString(folders.inbox().resolve("a.csv"), "1"));
            Claim retry = claims.claim(Files.writeString(folders.inbox().resolve("a.csv.retry.ndjson"), "2"));

            assertThat(claims.begin(file, new ContentHash(1, "abc"), true).output())
                    .isEqualTo("a.csv");
            assertThat(claims.begin(retry, new ContentHash(1, "def"), true).output())
                    .isEqualTo("a.csv-2.retry.ndjson");
        }
    }

    @Test
    void whatADeadProcessLeftIsNotPutBackWhenItHadBeenMovedAlready() throws IOException {
        Claims dead = opened();
        Claim done = dead.claim(Files.writeString(folders.inbox().resolve("a.json"), "1"));
        Claim left = dead.claim(Files.writeString(folders.inbox().resolve("b.json"), "2"));
        Files.createLink(folders.done().resolve("a-7.json"), done.path());
        Files.createLink(data.resolve("somebody's"), left.path());
        dead.close();

        try (Claims claims = opened()) {
            assertThat(claims.size()).isZero();
            assertThat(folders.inbox().resolve("a.json")).doesNotExist();
            assertThat(folders.done().resolve("a-7.json")).hasContent("1");
            assertThat(folders.inbox().resolve("b.json")).hasContent("2");
        }
    }

    private Claims opened() throws IOException {
        Claims claims = new Claims(folders, ended::add);
        claims.open();
        return claims;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
