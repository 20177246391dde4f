package io.trunkline.stories;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads lists by following their links. */
final class Lists {
    private Lists() {}

    /** The rows of one page. */
    static List<JsonNode> rows(Api.Answer page) {
        if (page.status() != 200) {
            throw new AssertionError(page.response().uri() + ": " + page.status() + " " + page.text());
        }
        var rows = new ArrayList<JsonNode>();
        page.json().path("_embedded").forEach(list -> list.forEach(rows::add));
        return rows;
    }

    /** All rows, page by page. */
    static List<JsonNode> all(Api api, String path, String... headers) {
        var rows = new ArrayList<JsonNode>();
        String at = path;
        while (!at.isEmpty()) {
            Api.Answer page = api.get(at, headers);
            rows.addAll(rows(page));
            at = page.link("next");
        }
        return rows;
    }

    static List<String> ids(List<JsonNode> rows) {
        return rows.stream()
                .map(row -> row.path("id")
                        .stringValue(row.path("sms_id")
                                .stringValue(row.path("msisdn").stringValue(""))))
                .toList();
    }
}
