package io.tandem.cases;

import io.tandem.config.Fault;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results in the XML that build servers read. */
public final class JUnitReport {
    private JUnitReport() {}

    /** Writes the report; a case file that can't be read is an error in it. */
    public static void write(Path file, List<CaseResult> results, List<Fault> faults) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "tandem test");
            xml.writeAttribute("tests", String.valueOf(results.size() + faults.size()));
            xml.writeAttribute(
                    "failures",
                    String.valueOf(
                            results.stream().filter(result -> !result.passed()).count()));
            xml.writeAttribute("errors", String.valueOf(faults.size()));
            xml.writeAttribute(
                    "time", seconds(results.stream().map(CaseResult::took).reduce(Duration.ZERO, Duration::plus)));
            for (CaseResult result : results) {
                write(xml, result);
            }
            for (Fault fault : faults) {
                start(xml, fault.place().toString(), Duration.ZERO);
                problem(xml, "error", fault.message(), fault.line());
            }
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private static void write(XMLStreamWriter xml, CaseResult result) throws XMLStreamException {
        start(xml, result.of().name(), result.took());
        if (result.passed()) {
            xml.writeEndElement();
            return;
        }
        StringBuilder text = new StringBuilder(result.of().file().toString()).append('\n');
        for (Difference difference : result.differences()) {
            text.append(difference.where())
                    .append("\n  expected: ")
                    .append(difference.expected())
                    .append("\n  actual:   ")
                    .append(difference.actual())
                    .append('\n');
        }
        Difference first = result.differences().get(0);
        problem(
                xml,
                "failure",
                first.where() + ": expected " + first.expected() + ", actual " + first.actual(),
                text.toString());
    }

    private static void start(XMLStreamWriter xml, String name, Duration took) throws XMLStreamException {
        int slash = name.lastIndexOf('/');
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", allowed(slash < 0 ? "cases" : name.substring(0, slash)));
        xml.writeAttribute("name", allowed(name.substring(slash + 1)));
        xml.writeAttribute("time", seconds(took));
    }

    private static void problem(XMLStreamWriter xml, String element, String message, String text)
            throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeAttribute("message", allowed(message));
        xml.writeCharacters(allowed(text));
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toMillis() / 1000.0);
    }

    /** XML 1.0 can't hold every character, and targets may answer with any. */
    private static String allowed(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]", "?");
    }
}
