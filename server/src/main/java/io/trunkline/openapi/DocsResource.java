package io.trunkline.openapi;

import io.trunkline.web.Exchange;
import io.trunkline.web.Published;
import io.trunkline.web.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A page to browse the description: Swagger UI, from our own origin and with nothing inline. */
@RestController
class DocsResource {
    /** Swagger UI's stylesheet holds its icons as data. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String LIBRARY = "/META-INF/resources/webjars/swagger-ui/";
    private static final String LIBRARY_FACTS = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final MediaType CSS = MediaType.parseMediaType("text/css;charset=UTF-8");
    private static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");

    private final Published page;
    private final Map<String, Published> files = new HashMap<>();

    DocsResource() {
        String library = LIBRARY + libraryVersion() + "/";
        page = Published.of(HTML, read("/docs/index.html"));
        files.put("docs.js", Published.of(SCRIPT, read("/docs/docs.js")));
        files.put("swagger-ui-bundle.js", Published.of(SCRIPT, read(library + "swagger-ui-bundle.js")));
        files.put("swagger-ui.css", Published.of(CSS, read(library + "swagger-ui.css")));
        files.put("favicon.png", Published.of(MediaType.IMAGE_PNG, read(library + "favicon-32x32.png")));
    }

    @GetMapping("/docs")
    ResponseEntity<byte[]> page(Exchange exchange, HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", POLICY);
        return exchange.published(page);
    }

    @GetMapping("/docs/{file}")
    ResponseEntity<byte[]> file(Exchange exchange, @PathVariable String file) {
        return exchange.published(Optional.ofNullable(files.get(file)).orElseThrow(Refusal::notFound));
    }

    private static String libraryVersion() {
        var facts = new Properties();
        try (InputStream in = open(LIBRARY_FACTS)) {
            facts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Objects.requireNonNull(facts.getProperty("version"), LIBRARY_FACTS);
    }

    private static byte[] read(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) {
        return Objects.requireNonNull(DocsResource.class.getResourceAsStream(resource), resource);
    }
}
