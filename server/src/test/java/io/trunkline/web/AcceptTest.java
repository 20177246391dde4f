package io.trunkline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;

final class AcceptTest {
    private static final List<MediaType> OFFERED =
            List.of(MediaType.IMAGE_PNG, MediaType.parseMediaType("image/svg+xml"), MediaType.APPLICATION_JSON);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*                                          | image/png",
                "image/*                                      | image/png",
                "application/json                             | application/json",
                "application/json;q=0.5, image/png;q=0.4      | application/json",
                "*/*;q=0.1, application/json                  | application/json",
                "image/*, image/png;q=0                       | image/svg+xml",
                "image/svg+xml, image/png                     | image/png",
                "application/*, image/png;q=0.9               | application/json",
                "*/*, image/png;q=0, image/svg+xml;q=0        | application/json"
            })
    void the_most_specific_range_decides_the_weight_of_an_offer(String accept, String best) {
        assertThat(Accept.best(MediaType.parseMediaTypes(accept.strip()), OFFERED))
                .contains(MediaType.parseMediaType(best));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"text/html", "image/*;q=0", "application/xml, text/*"})
    void what_nobody_offers_is_not_answered(String accept) {
        Optional<MediaType> best = Accept.best(
                MediaType.parseMediaTypes(accept.strip()), List.of(MediaType.IMAGE_PNG, MediaType.APPLICATION_JSON));
        assertThat(best).isEmpty();
    }
}
