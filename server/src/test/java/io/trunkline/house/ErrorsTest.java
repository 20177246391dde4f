package io.trunkline.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/errors.md is what the server's enums say. */
final class ErrorsTest {
    private static final String WRITE = "trunkline.write-docs";
    private static final Path PAGE = Sources.root().resolve("docs/errors.md");

    @Test
    void the_page_of_errors_is_what_the_server_answers() throws IOException {
        String expected = page();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Sources.text(PAGE))
                .as("docs/errors.md is written from ErrorCode and Violation.Code: run this test with -Dtrunkline.test"
                        + ".jvm=-D" + WRITE + "=true, and commit the page")
                .isEqualTo(expected);
    }

    private static String page() throws IOException {
        var page = new StringBuilder("""
                # Errors

                Whatever is refused is answered with a problem (RFC 9457, `application/problem+json`): `type`, `title`,
                `status`, `detail`, `code`, `correlation_id`, and for a request that is not valid `errors` with every
                violation at once. `type` is `{public URL}/errors/{code}` and serves the explanation below. `code` is
                stable; `title` and `detail` are for people and may change. The token endpoint answers as RFC 6749 5.2
                has it (`error`, `error_description`).

                ## Problems

                | code | status | title | what it means, what to do |
                |---|---|---|---|
                """);
        for (ErrorCode code : ErrorCode.values()) {
            page.append("| `%s` | %d | %s | %s |\n"
                    .formatted(code.code(), code.status(), code.title(), code.explanation()));
        }
        page.append("""

                ## Violations

                Each entry of `errors` has its place (`pointer` into the body, `parameter` of the query, or `header`), a
                `detail` that says what came and what was expected, and one of these codes.

                | code | what it means |
                |---|---|
                """);
        Map<String, String> meanings = meanings();
        for (Violation.Code code : Violation.Code.values()) {
            page.append("| `%s` | %s |\n".formatted(code.name().toLowerCase(Locale.ROOT), meanings.get(code.name())));
        }
        return page.toString();
    }

    /** The comment of each violation's code. */
    private static Map<String, String> meanings() throws IOException {
        Path source = Sources.root().resolve("server/src/main/java/io/trunkline/web/Violation.java");
        var compiler = ToolProvider.getSystemJavaCompiler();
        var meanings = new HashMap<String, String>();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(source));
            DocTrees trees = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new TreePathScanner<@Nullable Void, @Nullable Void>() {
                    @Override
                    public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
                        String comment = trees.getDocComment(getCurrentPath());
                        if (comment != null) {
                            meanings.put(variable.getName().toString(), comment.strip());
                        }
                        return super.visitVariable(variable, null);
                    }
                }.scan(unit, null);
            }
        }
        assertThat(meanings.keySet())
                .as("say in a comment what each code means")
                .containsAll(List.of(Violation.Code.values()).stream()
                        .map(Enum::name)
                        .toList());
        return meanings;
    }
}
