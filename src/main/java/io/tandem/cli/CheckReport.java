package io.tandem.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tandem.config.Fault;
import io.tandem.config.Severity;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** What {@code tandem check} found. Immutable. */
record CheckReport(int targets, int routes, List<Fault> faults) {
    long count(Severity severity) {
        return faults.stream().filter(fault -> fault.severity() == severity).count();
    }

    /** {@code 1 error, 2 warnings}, without what there is none of. */
    String summary() {
        StringBuilder summary = new StringBuilder();
        for (Severity severity : Severity.values()) {
            long count = count(severity);
            if (count > 0) {
                summary.append(summary.isEmpty() ? "" : ", ").append(counted(count, severity.word()));
            }
        }
        return summary.toString();
    }

    String counts() {
        return counted(targets, "target") + ", " + counted(routes, "route");
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** One document in one line. */
    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("targets", targets);
            json.writeNumberField("routes", routes);
            for (Severity severity : Severity.values()) {
                json.writeNumberField(severity.word() + "s", count(severity));
            }
            json.writeArrayFieldStart("faults");
            for (Fault fault : faults) {
                json.writeStartObject();
                json.writeStringField("severity", fault.severity().word());
                json.writeStringField("file", fault.place().source());
                json.writeNumberField("line", fault.place().line());
                json.writeNumberField("column", fault.place().column());
                if (!fault.key().isEmpty()) {
                    json.writeStringField("key", fault.key());
                }
                json.writeStringField("reason", fault.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }
}
