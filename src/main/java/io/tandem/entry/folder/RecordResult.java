package io.tandem.entry.folder;

/**
 * What became of a record.
 *
 * @param json an object with at least one member
 * @param met whether the completion policy is met: the record need not be sent again
 * @param retry whether an unmet one belongs into the retry file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy per record would cost
record RecordResult(byte[] json, boolean met, boolean retry) {
    /** Nothing has become of it, as Tandem stops: whoever takes the file next goes on with it. */
    static final RecordResult LEFT = new RecordResult(new byte[0], false, false);

    boolean isLeft() {
        return json.length == 0;
    }
}
