package io.tandem.support;

import java.util.List;

/**
 * An edit of the project's routes after which they can't run.
 *
 * @param right what is replaced, at its first occurrence
 * @param at a text of the line that is to be named
 * @param says what is to be said of it
 */
public record BrokenEdit(String file, String right, String wrong, String at, String says) {
    public static final String HTTP = "routes/1-receive-http.camel.yaml";
    public static final String FOLDER = "routes/1-receive-folder.camel.yaml";
    public static final String REDELIVER = "routes/1-redeliver.camel.yaml";
    public static final String SCATTER = "routes/2-scatter-gather.camel.yaml";
    public static final String KAMELET = "routes/kamelets/deliver.kamelet.yaml";

    /** Each of another kind. */
    public static final List<BrokenEdit> ALL = List.of(
            new BrokenEdit(SCATTER, "        - multi", "\t- multi", "\t- multi", "a tab indents"),
            new BrokenEdit(SCATTER, "mergeReplies", "mergeReplies: x", "mergeReplies: x", "this is not YAML"),
            new BrokenEdit(SCATTER, "parallelProcessing:", "paralelProcessing:", "paralelPro", "unknown field"),
            new BrokenEdit(SCATTER, "- multicast:", "- multicst:", "multicst", "unknown step 'multicst'"),
            new BrokenEdit(HTTP, "to: direct:scatter", "to: dirct:scatter", "dirct", "there is no component 'dirct'"),
            new BrokenEdit(HTTP, "to: direct:scatter-gather", "to: kafka:orders", "kafka", "its jar (camel-kafka)"),
            new BrokenEdit(
                    HTTP,
                    "to: direct:scatter-gather",
                    "to: direct:scatter-gather?blok=true",
                    "blok",
                    "unknown option 'blok'"),
            new BrokenEdit(FOLDER, "delay: 250", "delay: soon", "delay: soon", "the option 'delay' can't be 'soon'"),
            new BrokenEdit(FOLDER, "#settledFiles", "#settledFile", "settledFile", "there is no bean 'settledFile'"),
            new BrokenEdit(HTTP, "ref: httpReply", "ref: htpReply", "htpReply", "did you mean 'httpReply'?"),
            new BrokenEdit(SCATTER, "mergeReplies", "mergeReplys", "mergeReplys", "there is no bean 'mergeReplys'"),
            new BrokenEdit(KAMELET, "ref: deliver-to-", "ref: bring-to-", "bring-to", "there is no bean 'bring-to-"),
            new BrokenEdit(
                    SCATTER, "kamelet:deliver/api-two", "kamelet:delivr/api-two", "delivr", "no Kamelet 'delivr'"),
            new BrokenEdit(
                    SCATTER,
                    "target=api-two",
                    "target=api-three",
                    "target=api-three",
                    "the target 'api-three' is not configured"),
            new BrokenEdit(SCATTER, "?target=api-two", "?tarjet=api-two", "tarjet", "needs the parameter 'target'"),
            new BrokenEdit(FOLDER, "inbox.enabled", "inbox.enabeld", "enabeld", "there is no setting"),
            new BrokenEdit(FOLDER, "\"{{tandem.inbox.enabled}}\"", "maybe", "maybe", "is not true or false"),
            new BrokenEdit(
                    HTTP,
                    "- to: direct:scatter-gather",
                    "- setBody:\n                  simple: \"${body\"",
                    "${body",
                    "is not Simple"),
            new BrokenEdit(HTTP, "- to: direct:scatter-gather", "- to: \"\"", "- to: \"\"", "the URI is missing"),
            new BrokenEdit(
                    SCATTER,
                    "id: scatter-gather",
                    "id: receive-http",
                    "id: receive-http",
                    "the route id 'receive-http'"),
            new BrokenEdit(
                    SCATTER, "    id: scatter-gather", "    id: a\n    id: again", "id: again", "is there twice"),
            new BrokenEdit(
                    SCATTER, "uri: direct:scatter-gather", "uri: direct:redeliver", "uri: direct:re", "another route"),
            new BrokenEdit(
                    HTTP, "- to: direct:scatter-gather", "- to: direct:scatter", "direct:scatter", "no route starts"),
            new BrokenEdit(HTTP, "path: /messages", "path: /message", "- rest:", "no route takes POST /messages"),
            new BrokenEdit(
                    REDELIVER,
                    "uri: direct:redeliver",
                    "uri: direct:deliver-again",
                    "uri: direct:deliver-again",
                    "no route starts with 'direct:redeliver'"),
            new BrokenEdit(
                    FOLDER,
                    "uri: file:{{tandem.inbox.dir}}\n      parameters:",
                    "uri: file:{{tandem.inbox.dir}}-missing\n      parameters:\n        autoCreate: false\n"
                            + "        startingDirectoryMustExist: true",
                    "id: receive-folder",
                    "Starting directory does not exist"));

    @Override
    public String toString() {
        return says;
    }
}
