package io.tandem;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the packages must not know: one rule, one field. */
@AnalyzeClasses(packages = "io.tandem", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] FACING_CAMEL = {
        "io.tandem.aggregation..",
        "io.tandem.app..",
        "io.tandem.demo..",
        "io.tandem.entry..",
        "io.tandem.openapi..",
        "io.tandem.target..",
        "io.tandem.transform.."
    };

    @ArchTest
    static final ArchRule messageKnowsNobody = classes()
            .that()
            .resideInAPackage("io.tandem.message..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.message..",
                    "java..",
                    "com.fasterxml.jackson..",
                    "com.github.f4b6a3..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule configKnowsNobody = noClasses()
            .that()
            .resideInAPackage("io.tandem.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.aggregation..",
                    "io.tandem.app..",
                    "io.tandem.caller..",
                    "io.tandem.cli..",
                    "io.tandem.demo..",
                    "io.tandem.egress..",
                    "io.tandem.entry..",
                    "io.tandem.journal..",
                    "io.tandem.observe..",
                    "io.tandem.oauth2..",
                    "io.tandem.openapi..",
                    "io.tandem.target..",
                    "io.tandem.tls..");

    @ArchTest
    static final ArchRule journalKnowsNeitherEntriesNorTargets = classes()
            .that()
            .resideInAPackage("io.tandem.journal..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.journal..",
                    "io.tandem.config..",
                    "io.tandem.message..",
                    "java..",
                    "com.fasterxml.jackson.core..",
                    "com.github.f4b6a3..",
                    "com.zaxxer.hikari..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "org.sqlite..");

    @ArchTest
    static final ArchRule onlyTheJournalKnowsDatabases = noClasses()
            .that()
            .resideOutsideOfPackage("io.tandem.journal..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "com.zaxxer..", "org.postgresql..", "org.sqlite..");

    @ArchTest
    static final ArchRule tlsKnowsNobody = classes()
            .that()
            .resideInAPackage("io.tandem.tls..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.tandem.tls..", "java..", "javax.net.ssl..", "org.jspecify..", "org.slf4j..");

    @ArchTest
    static final ArchRule egressKnowsOnlyTls = classes()
            .that()
            .resideInAPackage("io.tandem.egress..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.egress..",
                    "io.tandem.tls..",
                    "io.netty..",
                    "io.vertx..",
                    "java..",
                    "javax.net.ssl..",
                    "org.apache.hc..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule oauth2KnowsOnlyItselfAndTheWayOut = noClasses()
            .that()
            .resideInAPackage("io.tandem.oauth2..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.aggregation..",
                    "io.tandem.app..",
                    "io.tandem.cli..",
                    "io.tandem.config..",
                    "io.tandem.demo..",
                    "io.tandem.entry..",
                    "io.tandem.message..",
                    "io.tandem.journal..",
                    "io.tandem.observe..",
                    "io.tandem.openapi..",
                    "io.tandem.target..");

    @ArchTest
    static final ArchRule aggregationKnowsOnlyOutcomes = noClasses()
            .that()
            .resideInAPackage("io.tandem.aggregation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.app..",
                    "io.tandem.cli..",
                    "io.tandem.config..",
                    "io.tandem.demo..",
                    "io.tandem.entry..",
                    "io.tandem.journal..",
                    "io.tandem.observe..",
                    "io.tandem.oauth2..",
                    "io.tandem.target..");

    @ArchTest
    static final ArchRule callersAreKnownApartFromWhatTheySend = classes()
            .that()
            .resideInAPackage("io.tandem.caller..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.caller..",
                    "io.tandem.config..",
                    "io.tandem.message..",
                    "io.tandem.oauth2..",
                    "java..",
                    "javax.crypto..",
                    "javax.naming..",
                    "javax.security.auth.x500..",
                    "com.github.benmanes.caffeine..",
                    "com.nimbusds..",
                    "org.jspecify..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule targetsKnowNothingOfEntriesAndMerging = noClasses()
            .that()
            .resideInAPackage("io.tandem.target..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.aggregation..",
                    "io.tandem.app..",
                    "io.tandem.cli..",
                    "io.tandem.demo..",
                    "io.tandem.entry..",
                    "io.tandem.observe..");

    @ArchTest
    static final ArchRule entriesKnowNothingOfTargets = noClasses()
            .that()
            .resideInAPackage("io.tandem.entry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.aggregation..",
                    "io.tandem.app..",
                    "io.tandem.cli..",
                    "io.tandem.demo..",
                    "io.tandem.egress..",
                    "io.tandem.observe..",
                    "io.tandem.oauth2..",
                    "io.tandem.target..");

    @ArchTest
    static final ArchRule observingKnowsNothingOfRoutes = noClasses()
            .that()
            .resideInAPackage("io.tandem.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.tandem.aggregation..",
                    "io.tandem.app..",
                    "io.tandem.cli..",
                    "io.tandem.demo..",
                    "io.tandem.entry..",
                    "io.tandem.target..");

    @ArchTest
    static final ArchRule onlyWhatFacesCamelImportsIt = noClasses()
            .that()
            .resideOutsideOfPackages(FACING_CAMEL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule onlyObservingKnowsOpenTelemetry = noClasses()
            .that()
            .resideOutsideOfPackage("io.tandem.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry..", "io.prometheus..");

    @ArchTest
    static final ArchRule packagesDependInOneDirection =
            slices().matching("io.tandem.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule stateIsNotStatic =
            fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule onlyCommandsPrint = noClasses()
            .that()
            .resideOutsideOfPackage("io.tandem.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");
}
