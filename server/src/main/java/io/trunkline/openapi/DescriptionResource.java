package io.trunkline.openapi;

import io.trunkline.web.Exchange;
import io.trunkline.web.PublicUrl;
import io.trunkline.web.Published;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/** The description, with the public base URL in it, in both forms. */
@RestController
class DescriptionResource {
    /** RFC 9512. */
    private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    private static final String SOURCE = "/openapi/openapi.yaml";
    /** Where the description says that the server is. */
    private static final String PLACEHOLDER = "https://trunkline.example";

    private final PublicUrl publicUrl;
    private final String yaml;
    private final String json;
    private volatile @Nullable Forms last;

    DescriptionResource(PublicUrl publicUrl) {
        this.publicUrl = publicUrl;
        this.yaml = source();
        Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        this.json = new JsonMapper().writeValueAsString(tree);
    }

    private record Forms(String base, Published yaml, Published json) {}

    @GetMapping("/openapi.yaml")
    ResponseEntity<byte[]> yaml(Exchange exchange) {
        return exchange.published(forms().yaml());
    }

    @GetMapping("/openapi.json")
    ResponseEntity<byte[]> json(Exchange exchange) {
        return exchange.published(forms().json());
    }

    /** With the base of this request; behind one proxy that is the same for all of them. */
    private Forms forms() {
        String base = publicUrl.base();
        Forms known = last;
        if (known == null || !known.base().equals(base)) {
            known = new Forms(base, published(YAML, yaml, base), published(MediaType.APPLICATION_JSON, json, base));
            last = known;
        }
        return known;
    }

    private static Published published(MediaType type, String text, String base) {
        return Published.of(type, text.replace(PLACEHOLDER, base).getBytes(StandardCharsets.UTF_8));
    }

    private static String source() {
        try (InputStream in = DescriptionResource.class.getResourceAsStream(SOURCE)) {
            return new String(Objects.requireNonNull(in, SOURCE).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
