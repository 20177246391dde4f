package io.trunkline.rating;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.catalog.CatalogFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/rating.md says is what happens. */
final class RatingDocumentTest {
    private static final Pattern BLOCK = Pattern.compile("```(yaml|example)\n(.*?)```", Pattern.DOTALL);
    private static final int RULES = 12;

    private final String document = text();

    private static String text() {
        try {
            return Files.readString(Path.of("..", "docs", "rating.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> blocks(String kind) {
        return BLOCK.matcher(document)
                .results()
                .filter(block -> block.group(1).equals(kind))
                .map((MatchResult block) -> block.group(2))
                .toList();
    }

    @Test
    void every_example_comes_out_as_it_is_written() {
        String yaml = String.join("", blocks("yaml"));
        Zones zones = CatalogFiles.zones(yaml);
        Map<String, Terms> terms = CatalogFiles.terms(yaml);

        assertThat(blocks("example"))
                .hasSizeGreaterThanOrEqualTo(RULES)
                .allSatisfy(example ->
                        assertThat(new Story(zones, terms).retold(example)).isEqualTo(example));
    }

    @Test
    void there_is_an_example_for_each_rule() {
        List<String> rules = Pattern.compile("^## (\\d+) ", Pattern.MULTILINE)
                .splitAsStream(document)
                .skip(1)
                .toList();

        assertThat(rules).hasSize(RULES).allSatisfy(rule -> assertThat(rule).contains("```example"));
    }
}
