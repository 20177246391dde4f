package io.trunkline.web;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** The explanation of each error, at the URL that is its {@code type}. */
@RestController
final class ErrorPages {
    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%1$s</title></head>
            <body><h1>%2$s</h1><p><code>%1$s</code>, HTTP %3$d</p><p>%4$s</p></body>
            </html>
            """;

    @GetMapping("/errors/{code}")
    ResponseEntity<byte[]> explain(@PathVariable String code) {
        ErrorCode error = Arrays.stream(ErrorCode.values())
                .filter(known -> known.code().equals(code))
                .findFirst()
                .orElseThrow(Refusal::notFound);
        String page = String.format(
                Locale.ROOT,
                PAGE,
                error.code(),
                HtmlUtils.htmlEscape(error.title()),
                error.status(),
                HtmlUtils.htmlEscape(error.explanation()));
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .body(page.getBytes(StandardCharsets.UTF_8));
    }
}
