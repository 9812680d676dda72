package io.tandem.entry.kafka;

/** What becomes of the records of the topics in this instance. */
enum ConsumerState {
    CONNECTING("connecting"),
    /** The brokers can't be used, and are tried again and again. */
    DISCONNECTED("disconnected"),
    /** Other instances of the group have all partitions, or they are being shared out. */
    WITHOUT_PARTITIONS("without-partitions"),
    /** Records wait at the broker. */
    HELD("held"),
    RUNNING("running"),
    STOPPED("stopped");

    private final String word;

    ConsumerState(String word) {
        this.word = word;
    }

    /** The state as users see it. */
    String word() {
        return word;
    }
}
