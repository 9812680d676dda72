package io.tandem.config;

/** The layers of the configuration; a later one wins. */
enum Layer {
    DEFAULTS,
    FILE,
    FOLDERS,
    ENVIRONMENT,
    OVERRIDES
}
