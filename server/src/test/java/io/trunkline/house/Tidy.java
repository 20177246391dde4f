package io.trunkline.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.trunkline.house.Sources.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What the house asks of its sources. Every fault is told as {@code path:line: what, and what to do instead}. */
final class Tidy {
    static final int LONGEST_METHOD = 70;
    static final int LONGEST_FILE = 500;
    static final int LONGEST_LINE = 120;

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern NULL_MARK =
            Pattern.compile("@(org\\.jspecify\\.annotations\\.)?NullMarked\\s+package ");
    private static final Pattern NAMELESS_ROOM =
            Pattern.compile("\\b(commons?|utils?|services?|dtos?|impl|managers?|helpers?|misc)\\b");
    private static final Pattern NAMELESS_CLASS =
            Pattern.compile("(\\w+(Utils?|Helpers?|Managers?|Impl|Dto|DTO)|\\w+Services?)\\.java");

    /** What must not be written, and what to do instead. The words are in pieces: this file is read as well. */
    private static final Map<String, String> WORDS = Map.of(
            "\\bTO" + "DO\\b|\\bFIX" + "ME\\b|\\bX" + "XX\\b",
            "do it now, or open an issue",
            "\\bThread\\.sle" + "ep\\b|\\bTimeUnit\\.\\w+\\.sle" + "ep\\b",
            "wait for the condition, or set the clock",
            "@Dis" + "abled\\b|@Ig" + "nore\\b",
            "mend the test or delete it",
            "\\borg\\.mock" + "ito\\b|\\borg\\.easy" + "mock\\b|\\bio\\.mock" + "k\\b",
            "use the real thing: ThrowawayPostgres, the simulators, a socket of the test",
            "(?<![\\w.])/wo" + "rk/|(?<![\\w.])/ro" + "ot/",
            "name no path of one machine",
            "\\.print" + "StackTrace\\(",
            "log the exception",
            "\\bimport (static )?[\\w.]+\\.\\*;",
            "import what is used by its name");

    private static final Map<Pattern, String> BANNED = compiled(WORDS);
    /** In SQL, wherever it stands. */
    private static final Pattern SKIPPING = Pattern.compile("\\bOFF" + "SET\\s+(\\?|\\d|:)");

    /** What a test starts or asks a server for. */
    private static final Pattern ON_DATABASE =
            Pattern.compile("\\b(RunningServer|SharedServer|OwnDatabase|ThrowawayPostgres)\\b");

    private Tidy() {}

    private static Map<Pattern, String> compiled(Map<String, String> words) {
        var compiled =
                new TreeMap<Pattern, String>((one, other) -> one.pattern().compareTo(other.pattern()));
        words.forEach((word, remedy) -> compiled.put(Pattern.compile(word), remedy));
        return compiled;
    }

    /** Test classes that a run on another PostgreSQL would not find. */
    static List<String> databaseTestsWithoutTag(List<Source> sources) {
        return sources.stream()
                .filter(source -> source.path().endsWith("Test.java")
                        && !source.path().contains("/house/")
                        && ON_DATABASE.matcher(source.text()).find()
                        && !source.text().contains("@Tag(\"database\")"))
                .map(source -> source.path() + ": put @Tag(\"database\") on the class, so that CI runs it on the oldest"
                        + " PostgreSQL, too")
                .toList();
    }

    /** The faults of these files. */
    static List<String> faults(List<Source> sources) {
        var faults = new ArrayList<String>();
        for (Source source : sources) {
            lines(source, faults);
            if (source.isJava()) {
                names(source, faults);
            }
        }
        methods(sources.stream().filter(Source::isJava).toList(), faults);
        return faults;
    }

    private static void lines(Source source, List<String> faults) {
        List<String> lines = source.lines();
        if (isCode(source) && lines.size() > LONGEST_FILE) {
            faults.add(source.path() + ": " + lines.size() + " lines, at most " + LONGEST_FILE
                    + ": find the second thing that this file does and give it a file");
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String place = source.path() + ":" + (i + 1) + ": ";
            if (isCode(source) && !line.startsWith("import ") && line.codePointCount(0, line.length()) > LONGEST_LINE) {
                faults.add(place + line.length() + " characters, at most " + LONGEST_LINE + ": break the line");
            }
            BANNED.forEach((word, remedy) -> {
                Matcher matcher = word.matcher(line);
                if (matcher.find()) {
                    faults.add(place + "\"" + matcher.group() + "\": " + remedy);
                }
            });
            if (isCode(source) && SKIPPING.matcher(line).find()) {
                faults.add(place + "rows are skipped by number: read from the key of the last row (Slice)");
            }
        }
    }

    private static boolean isCode(Source source) {
        return source.isJava()
                || source.path().endsWith(".sql")
                || source.path().endsWith(".js");
    }

    private static void names(Source source, List<String> faults) {
        Matcher room = PACKAGE.matcher(source.text());
        if (room.find()) {
            Matcher nameless = NAMELESS_ROOM.matcher(room.group(1));
            if (nameless.find()) {
                faults.add(source.path() + ": a package \"" + nameless.group()
                        + "\" holds anything: name it after what it knows");
            }
        }
        String file = source.path().substring(source.path().lastIndexOf('/') + 1);
        if (NAMELESS_CLASS.matcher(file).matches()) {
            faults.add(source.path() + ": the name says how it is made: name it after what it is or does");
        }
    }

    private static void methods(List<Source> sources, List<String> faults) {
        if (sources.isEmpty()) {
            return;
        }
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        null,
                        List.of("-proc:none"),
                        null,
                        sources.stream().map(InMemory::new).toList());
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new Methods(
                                unit.getSourceFile().getName().substring(1),
                                unit,
                                Trees.instance(task).getSourcePositions(),
                                faults)
                        .scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The packages in which no package-info.java says that nothing is null unless it says so. */
    static List<String> packagesWithoutNullMark(List<Source> sources) {
        var all = new TreeSet<String>();
        var marked = new TreeSet<String>();
        for (Source source : sources) {
            Matcher matcher = PACKAGE.matcher(source.text());
            if (source.isJava() && matcher.find()) {
                all.add(matcher.group(1));
                if (source.path().endsWith("/package-info.java")
                        && NULL_MARK.matcher(source.text()).find()) {
                    marked.add(matcher.group(1));
                }
            }
        }
        all.removeAll(marked);
        return all.stream()
                .map(name -> name + ": add a package-info.java with @NullMarked, and say what the package knows")
                .toList();
    }

    private static final class Methods extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final String path;
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> faults;

        Methods(String path, CompilationUnitTree unit, SourcePositions positions, List<String> faults) {
            this.path = path;
            this.unit = unit;
            this.positions = positions;
            this.faults = faults;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            LineMap lines = unit.getLineMap();
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long last = lines.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first + 1 > LONGEST_METHOD) {
                faults.add(path + ":" + first + ": " + method.getName() + " has " + (last - first + 1)
                        + " lines, at most " + LONGEST_METHOD + ": give its parts names");
            }
            return super.visitMethod(method, null);
        }
    }

    private static final class InMemory extends SimpleJavaFileObject {
        private final String text;

        InMemory(Source source) {
            super(URI.create("string:///" + source.path()), JavaFileObject.Kind.SOURCE);
            this.text = source.text();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
