package io.tandem.entry.folder;

/**
 * What became of a record.
 *
 * @param json an object with at least one member
 * @param met whether the completion policy is met: the record need not be sent again
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per record would cost
record RecordResult(byte[] json, boolean met) {}
