package io.tandem.scaling;

/**
 * The ways by which messages come, and what one costs: measured by {@link CostIT} with Java 25 ({@link #HTTP_TO_KAFKA} with 17), Tandem on one processor of
 * a machine of two. Processor times are in seconds.
 */
enum Way {
    HTTP("HTTP", true, 0.108, 0, 0),
    HTTP_KEY_SQLITE("HTTP with `Idempotency-Key`, SQLite", true, 0.258, 0, 0),
    HTTP_KEY_POSTGRES("HTTP with `Idempotency-Key`, PostgreSQL", true, 0.259, 0.168, 0),
    HTTP_ASYNC_SQLITE("HTTP with `Prefer: respond-async`, SQLite", false, 0.292, 0, 0),
    HTTP_ASYNC_POSTGRES("HTTP with `Prefer: respond-async`, PostgreSQL", false, 0.252, 0.625, 0),
    HTTP_TO_KAFKA("the same with `tandem.intake=kafka`, PostgreSQL", false, 0.422, 0.480, 0.027),
    KAFKA_POSTGRES("Kafka, PostgreSQL", false, 0.285, 0.427, 0.021);

    private final String title;
    private final boolean waits;
    private final double cpu;
    private final double databaseCpu;
    private final double brokerCpu;

    Way(String title, boolean waits, double cpu, double databaseCpu, double brokerCpu) {
        this.title = title;
        this.waits = waits;
        this.cpu = cpu / 1000;
        this.databaseCpu = databaseCpu / 1000;
        this.brokerCpu = brokerCpu / 1000;
    }

    String title() {
        return title;
    }

    /** Whether somebody waits for the answer: else deliveries take places of {@code redelivery.concurrency}. */
    boolean waits() {
        return waits;
    }

    /** Of Tandem. */
    double cpu() {
        return cpu;
    }

    double databaseCpu() {
        return databaseCpu;
    }

    double brokerCpu() {
        return brokerCpu;
    }

    /** Whether records of a topic are taken. */
    boolean hasPartitions() {
        return brokerCpu > 0;
    }
}
