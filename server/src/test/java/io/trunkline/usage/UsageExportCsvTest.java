package io.trunkline.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/** What a spreadsheet makes of texts from outside. */
final class UsageExportCsvTest {
    private static final long SEED = Long.getLong("trunkline.seed", System.nanoTime());
    private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";
    private static final String ALPHABET = FORMULA + "'\",;|ab 1(){}$\u00e9\u20ac";
    private static final CsvMapper CSV =
            CsvMapper.builder().enable(CsvReadFeature.WRAP_AS_ARRAY).build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Bank|Bank",
                "60800|60800",
                "=1+1|'=1+1",
                "+44|'+44",
                "-1|'-1",
                "@SUM(A1)|'@SUM(A1)",
                "'quoted|''quoted",
                "=HYPERLINK(\"http://x\",\"y\")|\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
                "a,b|\"a,b\"",
                "a=b|a=b"
            })
    void a_text_that_begins_a_formula_is_a_text(String text, String cell) {
        assertThat(UsageExportCsv.cell(text)).isEqualTo(cell);
    }

    @Test
    void whatever_a_text_holds_it_is_one_cell_begins_no_formula_and_can_be_told_again() {
        var random = new Random(SEED);
        for (int i = 0; i < 3_000; i++) {
            List<String> texts =
                    IntStream.range(0, 3).mapToObj(_ -> text(random)).toList();
            String line = texts.stream().map(UsageExportCsv::cell).collect(Collectors.joining(","));
            String[] cells = CSV.readerFor(String[].class)
                    .<String[]>readValues(line + "\n")
                    .nextValue();
            assertThat(cells).as("seed %d: %s", SEED, line).hasSize(3);
            for (int at = 0; at < cells.length; at++) {
                String cell = cells[at];
                assertThat(cell.isEmpty() || FORMULA.indexOf(cell.charAt(0)) < 0)
                        .as("seed %d: %s", SEED, cell)
                        .isTrue();
                assertThat(cell.startsWith("'") ? cell.substring(1) : cell)
                        .as("seed %d", SEED)
                        .isEqualTo(texts.get(at));
            }
        }
    }

    private static String text(Random random) {
        return IntStream.range(0, 1 + random.nextInt(6))
                .mapToObj(_ -> String.valueOf(ALPHABET.charAt(random.nextInt(ALPHABET.length()))))
                .collect(Collectors.joining());
    }
}
