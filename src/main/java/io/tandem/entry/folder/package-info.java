/**
 * The folder entry: claiming files, splitting them into records, replies in order. Knows nothing of targets.
 */
@NullMarked
package io.tandem.entry.folder;

import org.jspecify.annotations.NullMarked;
