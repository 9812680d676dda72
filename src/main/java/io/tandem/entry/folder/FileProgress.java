package io.tandem.entry.folder;

/**
 * How far a file is that is being worked on.
 *
 * @param name its name in the inbox
 * @param size in bytes
 * @param read bytes of it that were read
 * @param records that were read
 * @param answered those of them whose result is written
 * @param undelivered those of these that did not meet the completion policy
 */
public record FileProgress(String name, long size, long read, long records, long answered, long undelivered) {}
