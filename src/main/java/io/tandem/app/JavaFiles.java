package io.tandem.app;

import com.sun.source.util.JavacTask;
import io.tandem.config.Fault;
import io.tandem.config.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The Java files beside the routes, as they are written: Camel compiles and loads them, and tells what is wrong with
 * them in a text without a place. For one thread.
 */
final class JavaFiles {
    static final String ENDING = ".java";

    /** A text in quotes, or in three of them; comments are skipped. */
    private static final Pattern LITERAL = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]++|\\\\.)*+)\"|'(?:[^'\\\\\\n]++|\\\\.)*+'",
            Pattern.DOTALL);

    private static final Pattern BEAN_CLASS =
            Pattern.compile("^@BindToRegistry\\b[^;{}]*?\\b((?:class|record|enum)\\s+(\\w+))", Pattern.MULTILINE);

    private static final int LONGEST_CALL = 80;
    private static final Pattern CALL = Pattern.compile("(\\w+)\\s*\\(\\s*(?:value\\s*=\\s*)?$");

    private final RouteFiles files;
    private final Map<Path, String> texts = new LinkedHashMap<>();
    private @Nullable List<Literal> literals;

    /**
     * A text that is written in a file.
     *
     * @param call the method or annotation whose first argument it is; empty when it is not one
     */
    record Literal(Path file, int offset, String text, String call) {}

    JavaFiles(RouteFiles files, List<Path> sources) throws IOException {
        this.files = files;
        for (Path file : sources) {
            // what is no UTF-8 is for the compiler to tell
            texts.put(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
    }

    /** The files, sorted. */
    Set<Path> paths() {
        return texts.keySet();
    }

    /** What keeps them from being compiled, all of it; empty when nothing does. */
    List<Fault> faults() {
        if (texts.isEmpty()) {
            return List.of();
        }
        Path first = texts.keySet().iterator().next();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            return List.of(Fault.error(
                    files.place(first, 1, 1),
                    "",
                    "Java files in the folder of the routes need a JDK, and this Java (%s) has no compiler: run Tandem with a JDK 17 or newer, by JAVA_HOME"
                            .formatted(System.getProperty("java.home"))));
        }
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(found, Locale.ENGLISH, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    Writer.nullWriter(),
                    manager,
                    found,
                    List.of("-proc:none", "-classpath", System.getProperty("java.class.path")),
                    null,
                    manager.getJavaFileObjectsFromPaths(texts.keySet()));
            task.analyze();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> Fault.error(
                        place(diagnostic, first), "", RouteFaults.oneLine(diagnostic.getMessage(Locale.ENGLISH))))
                .distinct()
                .toList();
    }

    private Place place(Diagnostic<? extends JavaFileObject> diagnostic, Path first) {
        JavaFileObject source = diagnostic.getSource();
        Path file = source == null ? first : Path.of(source.toUri());
        return files.place(file, known(diagnostic.getLineNumber()), known(diagnostic.getColumnNumber()));
    }

    private static int known(long number) {
        return number == Diagnostic.NOPOS ? 1 : (int) number;
    }

    /** All texts in quotes, in the order of files and lines. */
    List<Literal> literals() {
        List<Literal> known = literals;
        if (known == null) {
            known = List.copyOf(findLiterals());
            literals = known;
        }
        return known;
    }

    private List<Literal> findLiterals() {
        List<Literal> literals = new ArrayList<>();
        texts.forEach((file, text) -> {
            Matcher matcher = LITERAL.matcher(text);
            while (matcher.find()) {
                int group = matcher.group(1) != null ? 1 : 2;
                if (matcher.group(group) != null) {
                    Matcher call =
                            CALL.matcher(text.substring(Math.max(0, matcher.start() - LONGEST_CALL), matcher.start()));
                    literals.add(new Literal(
                            file, matcher.start(group), matcher.group(group), call.find() ? call.group(1) : ""));
                }
            }
        });
        return literals;
    }

    /** Those that are the first argument of a method or an annotation. */
    List<Literal> literals(String call) {
        return literals().stream()
                .filter(literal -> literal.call().equals(call))
                .toList();
    }

    /** The names that beans are given by an annotation. */
    Stream<String> beans() {
        return literals("BindToRegistry").stream().map(Literal::text);
    }

    /** Where a word is written in quotes, as a whole or within a longer text. */
    Optional<Place> place(String word) {
        if (word.isBlank()) {
            return Optional.empty();
        }
        Pattern whole = Pattern.compile("(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])");
        return literals().stream()
                .filter(literal -> whole.matcher(literal.text()).find())
                .findFirst()
                .map(literal -> place(literal, word));
    }

    /** Where a word stands in a text. */
    Place place(Literal literal, String word) {
        return place(
                literal.file(), literal.offset() + Math.max(0, literal.text().indexOf(word)));
    }

    private Place place(Path file, int offset) {
        String before = String.valueOf(texts.get(file)).substring(0, offset);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return files.place(file, line, offset - before.lastIndexOf('\n'));
    }

    /** Where a class is declared. */
    Place declaration(String className) {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        Path file = texts.keySet().stream()
                .filter(candidate -> RouteFiles.stem(candidate, ENDING).equals(simple))
                .findFirst()
                .orElseThrow();
        Matcher declared = Pattern.compile("\\b(?:class|record|enum)\\s+" + Pattern.quote(simple) + "\\b")
                .matcher(String.valueOf(texts.get(file)));
        return place(file, declared.find() ? declared.start() : 0);
    }

    /** Classes that are annotated to be beans, and that Camel passes over: it binds the one that is named as the file. */
    List<Fault> unbound() {
        List<Fault> unbound = new ArrayList<>();
        texts.forEach((file, text) -> {
            Matcher bean = BEAN_CLASS.matcher(text);
            while (bean.find()) {
                if (!bean.group(2).equals(RouteFiles.stem(file, ENDING))) {
                    unbound.add(Fault.error(
                            place(file, bean.start(1)),
                            "",
                            "the bean '%s' is not bound: one class of a Java file is, the public one; move it to a file of its own"
                                    .formatted(bean.group(2))));
                }
            }
        });
        return unbound;
    }

    /** Which line of them threw what was thrown; null when it was none of theirs. */
    @Nullable
    Place thrownAt(Throwable thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            for (Path file : texts.keySet()) {
                if (String.valueOf(file.getFileName()).equals(frame.getFileName()) && isCompiledHere(frame)) {
                    return files.place(file, Math.max(1, frame.getLineNumber()), 0);
                }
            }
        }
        return null;
    }

    /** Java itself, Camel and Tandem may have files of the same names. */
    private static boolean isCompiledHere(StackTraceElement frame) {
        return frame.getModuleName() == null && !"app".equals(frame.getClassLoaderName());
    }
}
