package io.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** {@code tandem test}: what it says, and when it fails. */
class TestCommandTest {
    private static final String TARGETS =
            """
            target.api-one.url=https://api-one.example.com/endpoint
            target.api-two.url=https://api-two.example.com/endpoint
            """;
    private static final String PASSES =
            """
            request: {body: {order: 1}}
            expect: {status: 200}
            """;
    private static final String FAILS =
            """
            request: {body: {order: 1}}
            targets:
              api-one: {reply: {status: 201, body: {number: 1}}, received: {body: {order: 2}}}
              api-two: {received: {count: 0}}
            expect: {status: 202, body: {replies: {api-one: {body: {number: 2}}}}}
            """;
    private static final Pattern EXAMPLE =
            Pattern.compile("```(yaml|properties)\\n(?:# (\\S+\\.case\\.yaml)\\n)?(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void summaryIsAllThatIsSaidWhenCasesPassAndNobodyWatches() throws IOException {
        write("application.properties", TARGETS);
        write("a.case.yaml", PASSES);
        write("orders/b.case.yaml", PASSES);

        CommandRun run = test();

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).matches("ok: 2 cases in \\d+ ms\\R");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void eachDifferenceIsToldWithItsPlace() throws IOException {
        write("application.properties", TARGETS);
        write("a.case.yaml", PASSES);
        write("b.case.yaml", FAILS);

        CommandRun run = test();

        assertThat(run.err())
                .containsSubsequence(
                        "b failed (" + folder.resolve("b.case.yaml") + ")",
                        "  status\n    expected: 202\n    actual:   200\n",
                        "  body /replies/api-one/body/number\n    expected: 2\n    actual:   1\n",
                        "  api-one received body /order\n    expected: 2\n    actual:   1\n",
                        "  api-two received\n    expected: 0 requests\n    actual:   1 request\n",
                        "  Tandem answered: {\"id\":");
        assertThat(run.out()).matches("failed: 1 of 2 cases in \\d+ ms\\R");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void reportIsReadByBuildServers() throws Exception {
        write("application.properties", TARGETS);
        write("orders/a.case.yaml", PASSES);
        write("orders/b.case.yaml", FAILS);
        write("c.case.yaml", "request: {boddy: 1}\n");
        Path report = folder.resolve("reports/cases.xml");

        CommandRun run = test("--junit", report.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("3");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("1");
        Element passed = (Element) suite.getElementsByTagName("testcase").item(0);
        assertThat(passed.getAttribute("classname")).isEqualTo("orders");
        assertThat(passed.getAttribute("name")).isEqualTo("a");
        assertThat(((Element) suite.getElementsByTagName("failure").item(0)).getAttribute("message"))
                .isEqualTo("status: expected 202, actual 200");
        assertThat(suite.getElementsByTagName("error").item(0).getTextContent())
                .contains("c.case.yaml:1: 'boddy' is not known here: did you mean 'body'?");
    }

    @Test
    void onlyCasesWithThatNameAreRun() throws IOException {
        write("application.properties", TARGETS);
        write("crm/a.case.yaml", PASSES);
        write("erp/b.case.yaml", FAILS);

        assertThat(test("--name", "crm").exitCode()).isZero();
        CommandRun none = test("--name", "nobody");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("there is no case named like 'nobody' in '" + folder + "'");
    }

    @Test
    void folderThatIsNotThereIsWrongUsage() {
        CommandRun run = CommandRun.of("test", folder.resolve("nowhere").toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("there is no folder '");
    }

    @Test
    void progressIsShownAtTerminal() throws IOException {
        write("application.properties", TARGETS);
        write("a.case.yaml", PASSES);

        assertThat(CommandRun.atTerminal("", "test", folder.toString()).err()).contains("] 1/1");
    }

    @Test
    void wrongConfigurationIsToldForTheCase() throws IOException {
        write("application.properties", TARGETS + "target.api-one.tmeout=1s\n");
        write("a.case.yaml", PASSES);

        CommandRun run = test();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("application.properties:3: unknown key 'target.api-one.tmeout'");
    }

    @Test
    void targetThatIsNotConfiguredIsTold() throws IOException {
        write("application.properties", TARGETS);
        write("a.case.yaml", PASSES + "targets: {api-tow: {received: {count: 1}}}\n");

        CommandRun run = test();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("target api-tow", "one of api-one, api-two")
                .doesNotContain("requests");
    }

    @Test
    void sameIdempotencyKeyInTwoCasesMeansTwoMessages() throws IOException {
        write("application.properties", TARGETS);
        String keyed =
                """
                request: {headers: {Idempotency-Key: order-1}, body: {order: %d}}
                targets: {api-one: {received: {count: 1}}}
                expect: {status: 200}
                """;
        write("a.case.yaml", keyed.formatted(1));
        write("b.case.yaml", keyed.formatted(2));

        CommandRun run = test();

        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void realSecretIsNeitherNeededNorUsed() throws IOException {
        Path secret = write("key", "the-real-one");
        write(
                "application.properties",
                TARGETS
                        + """
                        target.api-one.auth=api-key
                        target.api-one.api-key.value=file:%s
                        target.api-two.auth=authorization-code
                        target.api-two.oauth.issuer=https://idp.example.com
                        target.api-two.oauth.client-id=us
                        target.api-two.oauth.client-auth=private_key_jwt
                        target.api-two.oauth.private-key=/nowhere/key.pem
                        target.api-two.oauth.tls.certificate=/nowhere/tls.crt
                        target.api-two.oauth.tls.key=/nowhere/tls.key
                        tandem.tokens.key={{env:NOT_THERE_EITHER}}
                        tandem.auth=api-key
                        tandem.auth.callers={{env:NOR_THIS}}
                        tandem.journal.url=jdbc:postgresql://nowhere.example.com/tandem
                        tandem.journal.user=tandem
                        tandem.journal.password={{env:NOT_THERE}}
                        """
                                .formatted(secret));
        write(
                "a.case.yaml",
                """
                request: {body: {order: 1}}
                targets:
                  api-one: {received: {headers: {Authorization: secret-of-api-one}}}
                  api-two: {received: {headers: {Authorization: Bearer token-of-api-two}}}
                expect: {status: 200}
                """);

        CommandRun run = test();

        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void stepsAreTakenInTurnUpToTheFirstThatDiffers() throws IOException {
        write("application.properties", TARGETS);
        write(
                "a.case.yaml",
                """
                steps:
                  - file: {name: a.ndjson, body: "{\\"order\\":1}\\n"}
                    targets: {api-one: {received: {count: 1}}}
                    expect: {in: done}
                  - description: The same file is known, and its records are not sent again.
                    file: {name: a.ndjson, body: "{\\"order\\":1}\\n"}
                    targets: {api-one: {received: {count: 0}}}
                    expect: {in: done, reply: [{outcome: complete}]}
                  - request: {body: {order: 2}}
                    targets: {api-one: {reply: {status: 422}}}
                    expect: {status: 200}
                  - request: {body: {order: 3}}
                    expect: {status: 299}
                """);

        CommandRun run = test();

        assertThat(run.err()).contains("  step 3: status\n    expected: 200\n").doesNotContain("step 4", "step 2");
    }

    @Test
    void savedFileIsTestedAgain() throws IOException {
        write("application.properties", TARGETS);
        write("a.case.yaml", FAILS);
        StringWriter out = new StringWriter();
        Thread watching = new Thread(() -> CommandRun.into(out, "test", folder.toString(), "--watch"));
        watching.start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> out.toString().contains("failed: 1 of 1 case"));

            write("a.case.yaml", PASSES);

            await().atMost(Duration.ofSeconds(60)).until(() -> out.toString().contains("ok: 1 case"));
        } finally {
            watching.interrupt();
        }
    }

    @Test
    void examplesOfTheGuidePass() throws IOException {
        Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("docs/testing.md")));
        int cases = 0;
        while (examples.find()) {
            if (examples.group(1).equals("properties")) {
                write("application.properties", examples.group(3) + "tandem.routes=" + folder.resolve("routes") + "\n");
            } else if (examples.group(2) != null) {
                write(examples.group(2), examples.group(3));
                cases++;
            }
        }
        assertThat(cases).isEqualTo(4);
        copyRoutes();

        CommandRun run = test();

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("ok: 4 cases");
    }

    @Test
    void stepsAroundTheCallOfTheGuideDoAsItSays() throws IOException {
        copyRoutes();
        Matcher steps = Pattern.compile("```yaml\\n(- policy:.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/transforming.md")));
        assertThat(steps.find()).isTrue();
        Path scatterGather = folder.resolve("routes/2-scatter-gather.camel.yaml");
        Files.writeString(
                scatterGather,
                Files.readString(scatterGather)
                        .replace(
                                "              - to: kamelet:deliver/crm?target=crm\n",
                                steps.group(1).indent(14)));
        write(
                "application.properties",
                """
                target.crm.url=https://crm.example.com/contacts
                target.crm.retry.attempts=1
                target.erp.url=https://erp.example.com/orders
                tandem.completion=any
                tandem.routes=%s
                """
                        .formatted(folder.resolve("routes")));
        write(
                "refused-with-200.case.yaml",
                """
                request: {body: {customer: {name: Ada}, order: 1}}
                targets:
                  crm:
                    reply: {body: {error: unknown customer}}
                    received: {match: exact, body: {name: Ada, source: tandem, customer: {name: Ada}, order: 1}}
                  erp: {received: {match: exact, body: {customer: {name: Ada}, order: 1}}}
                expect: {body: {replies: {crm: {outcome: rejected, body: {error: unknown customer}}}}}
                """);
        write(
                "taken.case.yaml",
                """
                request: {body: {customer: {name: Ada}}}
                targets: {crm: {reply: {body: {id: 1}}}}
                expect: {body: {outcome: complete, replies: {crm: {body: {id: 1}}}}}
                """);
        write(
                "not-json.case.yaml",
                """
                request: {body: plain text}
                targets: {crm: {received: {count: 0}}}
                expect: {body: {replies: {crm: {outcome: failed, problem: {type: "urn:tandem:problem:target-route-failed"}}}}}
                """);
        write(
                "broken-reply.case.yaml",
                """
                request: {body: {customer: {name: Ada}}}
                targets: {crm: {reply: {status: 201, fault: cut-off}}}
                expect:
                  body:
                    replies:
                      crm: {outcome: failed, status: 201, problem: {type: "urn:tandem:problem:target-reply-broken"}}
                """);

        CommandRun run = test();

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    /** The project's, for the targets of the guide. */
    private void copyRoutes() throws IOException {
        Path routes = Path.of("routes");
        for (String file : new String[] {
            "1-receive-folder.camel.yaml",
            "1-receive-http.camel.yaml",
            "1-redeliver.camel.yaml",
            "2-scatter-gather.camel.yaml",
            "kamelets/call.kamelet.yaml",
            "kamelets/deliver.kamelet.yaml"
        }) {
            write(
                    "routes/" + file,
                    Files.readString(routes.resolve(file))
                            .replace("api-one", "crm")
                            .replace("api-two", "erp"));
        }
    }

    private CommandRun test(String... options) {
        String[] args = new String[options.length + 2];
        args[0] = "test";
        args[1] = folder.toString();
        System.arraycopy(options, 0, args, 2, options.length);
        return CommandRun.of(args);
    }

    private Path write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text, StandardCharsets.UTF_8);
    }
}
