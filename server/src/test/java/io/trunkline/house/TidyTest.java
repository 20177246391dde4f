package io.trunkline.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.house.Sources.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TidyTest {
    private static List<String> faults(String path, String text) {
        return Tidy.faults(List.of(new Source(path, text)));
    }

    @Test
    void all_sources_are_tidy() {
        List<Source> sources = Sources.all();

        assertThat(sources).as("sources of every module are found").hasSizeGreaterThan(100);
        assertThat(Tidy.faults(sources)).isEmpty();
    }

    @Test
    void every_package_says_that_nothing_is_null() {
        assertThat(Tidy.packagesWithoutNullMark(Sources.all())).isEmpty();
    }

    @Test
    void every_test_on_a_database_says_so() {
        assertThat(Tidy.databaseTestsWithoutTag(Sources.all())).isEmpty();
        assertThat(Tidy.databaseTestsWithoutTag(List.of(
                        new Source("a/ATest.java", "class ATest { RunningServer server; }"),
                        new Source("a/BTest.java", "@Tag(\"database\")\nclass BTest { RunningServer server; }"),
                        new Source("a/CTest.java", "class CTest {}"))))
                .singleElement()
                .asString()
                .startsWith("a/ATest.java: put @Tag");
    }

    @Test
    void a_package_without_the_mark_is_found() {
        assertThat(Tidy.packagesWithoutNullMark(List.of(
                        new Source("a/package-info.java", "/** A. */\n@NullMarked\npackage a;\n"),
                        new Source("a/A.java", "package a;\nclass A {}\n"),
                        new Source("b/package-info.java", "/** B. */\npackage b;\n"))))
                .singleElement()
                .asString()
                .startsWith("b: add a package-info.java");
    }

    @Test
    void a_method_of_71_lines_is_too_long_and_one_of_70_is_not() {
        String body = "\n        ;".repeat(68);
        assertThat(faults("A.java", "class A {\n    void fits() {" + body + "\n    }\n}\n"))
                .isEmpty();
        assertThat(faults("A.java", "class A {\n    void grown() {\n        ;" + body + "\n    }\n}\n"))
                .containsExactly("A.java:2: grown has 71 lines, at most 70: give its parts names");
    }

    @Test
    void a_long_file_and_a_long_line_are_found() {
        assertThat(faults("A.sql", "SELECT 1;\n".repeat(500))).isEmpty();
        assertThat(faults("A.sql", "SELECT 1;\n".repeat(501)))
                .singleElement()
                .asString()
                .startsWith("A.sql: 501 lines");
        assertThat(faults("A.sql", "-".repeat(120))).isEmpty();
        assertThat(faults("A.sql", "-".repeat(121)))
                .containsExactly("A.sql:1: 121 characters, at most 120: break the line");
    }

    @Test
    void names_that_say_nothing_are_found() {
        assertThat(faults("a/util/A.java", "package a.util;\nclass A {}\n"))
                .containsExactly("a/util/A.java: a package \"util\" holds anything: name it after what it knows");
        assertThat(faults("a/OrderManager.java", "package a;\nclass OrderManager {}\n"))
                .containsExactly("a/OrderManager.java: the name says how it is made: name it after what it is or does");
        assertThat(faults("a/Service.java", "package a;\nenum Service {}\n"))
                .as("what an operator calls a service may be called so")
                .isEmpty();
    }

    @Test
    void banned_words_are_found_with_what_to_do_instead() {
        assertThat(faults("a.md", "TO" + "DO later"))
                .containsExactly("a.md:1: \"TO" + "DO\": do it now, or open an issue");
        assertThat(faults("A.java", "class A {\n    @Dis" + "abled\n    void a() {}\n}\n"))
                .containsExactly("A.java:2: \"@Dis" + "abled\": mend the test or delete it");
        assertThat(faults("A.java", "class A {\n    void a() { Thread.sle" + "ep(1); }\n}\n"))
                .singleElement()
                .asString()
                .endsWith("wait for the condition, or set the clock");
        assertThat(faults("A.java", "import org.mock" + "ito.Mockito;\nclass A {}\n"))
                .singleElement()
                .asString()
                .contains("use the real thing");
        assertThat(faults("run.sh", "cd /wo" + "rk/trees")).hasSize(1);
        assertThat(faults("a.sql", "SELECT 1 OFF" + "SET 10"))
                .singleElement()
                .asString()
                .contains("Slice");
    }
}
