package io.trunkline.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trunkline.stories.Api;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The page to browse the description. */
@Tag("database")
@ExtendWith(SharedServer.class)
class DocsTest {
    private static final Pattern SOURCE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    @Test
    void everything_is_of_our_own_origin_and_nothing_is_inline(RunningServer server) {
        Api anybody = new Api(server.url(), "", "");
        Api.Answer page = anybody.anonymous("GET", "/docs");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.response().headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http");
        assertThat(page.text()).doesNotContain("<style", "style=", "onload=").doesNotContain("<script>");

        Matcher source = SOURCE.matcher(page.text());
        int found = 0;
        while (source.find()) {
            Api.Answer part = anybody.anonymous("GET", "/" + source.group(1));
            assertThat(part.status()).as(source.group(1)).isEqualTo(200);
            assertThat(part.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(anybody.anonymous("GET", "/" + source.group(1), "If-None-Match", part.header("ETag"))
                            .status())
                    .isEqualTo(304);
            found++;
        }
        assertThat(found).isGreaterThan(4);
        assertThat(anybody.anonymous("GET", "/docs/nothing.js").status()).isEqualTo(404);
    }

    @Test
    void a_browser_shows_every_operation_without_a_word_in_its_console(RunningServer server, @TempDir Path directory)
            throws IOException, InterruptedException {
        Optional<String> browser = browser();
        assumeTrue(browser.isPresent(), "install a browser: apt-get install chromium");
        Path dom = directory.resolve("dom.html");
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(
                        browser.orElseThrow(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + directory.resolve("profile"),
                        "--enable-logging=stderr",
                        "--virtual-time-budget=60000",
                        "--dump-dom",
                        server.url() + "/docs")
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();

        assertThat(ended).as(Files.readString(log, StandardCharsets.UTF_8)).isTrue();
        assertThat(Files.readAllLines(log, StandardCharsets.UTF_8).stream().filter(line -> line.contains(":CONSOLE")))
                .isEmpty();
        String shown = Files.readString(dom, StandardCharsets.UTF_8);
        assertThat(Description.OURS.operations())
                .allSatisfy(operation -> assertThat(shown).contains("data-path=\"" + operation.path() + "\""));
        assertThat(shown).contains("Authorize");
    }

    private static Optional<String> browser() {
        return BROWSERS.stream()
                .flatMap(name -> Stream.of(
                                System.getenv().getOrDefault("PATH", "").split(":", -1))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
