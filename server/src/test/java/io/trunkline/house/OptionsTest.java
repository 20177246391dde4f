package io.trunkline.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;

/** Every option of the server with its default, pinned by the table that tells people of it. */
final class OptionsTest {
    private static final String NONE = "–";
    private static final String REQUIRED = "(required)";
    private static final String HEADING = "## Options of the server\n";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(trunkline\\.[a-z0-9.-]+)(?::([^}]*))?}");
    private static final Pattern ROW = Pattern.compile("\\| `(trunkline\\.[a-z0-9.-]+)` \\| (.+?) \\| (.+) \\|");

    @Test
    void the_table_of_options_is_what_the_server_reads() {
        Map<String, String> read = read();
        Map<String, String> told = told();

        assertThat(read).as("options of the server").hasSizeGreaterThan(20);
        assertThat(told)
                .as(
                        "docs/operating.md, \"%s\": the server reads these options with these defaults; where a row is"
                                + " missing or differs, add or change it there: | `option` | `default` | meaning |",
                        HEADING.strip())
                .containsExactlyInAnyOrderEntriesOf(read);
    }

    @Test
    void options_are_read_in_one_way() {
        assertThat(Sources.all().stream()
                        .filter(source -> source.path().startsWith("server/src/main/") && source.isJava())
                        .filter(source -> source.text().contains("@ConfigurationProperties")
                                || source.text().contains("getProperty(\"trunkline."))
                        .map(source -> source.path() + ": take the option by @Value, where this test finds it"))
                .isEmpty();
    }

    /** From the parameters and fields of all classes. */
    private static Map<String, String> read() {
        var options = new TreeMap<String, String>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.trunkline").stream()
                        .map(JavaClass::reflect)
                        .flatMap(OptionsTest::places)
                        .map(place -> place.getAnnotation(Value.class))
                        .filter(value -> value != null)
                        .forEach(value -> note(value.value(), options));
        return options;
    }

    private static Stream<AnnotatedElement> places(Class<?> type) {
        Stream<Executable> executables =
                Stream.concat(Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()));
        return Stream.concat(
                Arrays.stream(type.getDeclaredFields()),
                executables.flatMap(executable -> Arrays.stream(executable.getParameters())));
    }

    private static void note(String expression, Map<String, String> options) {
        Matcher matcher = PLACEHOLDER.matcher(expression);
        while (matcher.find()) {
            String value = matcher.group(2);
            String shown =
                    value == null ? REQUIRED : value.isEmpty() || value.startsWith("#{null") ? NONE : "`" + value + "`";
            String before = options.put(matcher.group(1), shown);
            assertThat(before == null || before.equals(shown))
                    .as(matcher.group(1) + " has two defaults, " + before + " and " + shown + ": keep one")
                    .isTrue();
        }
    }

    private static Map<String, String> told() {
        String text = Sources.text(Sources.root().resolve("docs/operating.md"));
        assertThat(text).contains(HEADING);
        String section = text.substring(text.indexOf(HEADING) + HEADING.length());
        int end = section.indexOf("\n## ");
        var told = new TreeMap<String, String>();
        (end < 0 ? section : section.substring(0, end))
                .lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .forEach(row -> told.put(row.group(1), row.group(2)));
        return told;
    }
}
