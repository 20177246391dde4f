package io.trunkline.web;

import io.trunkline.database.Slice;
import io.trunkline.ids.OrganizationId;
import java.util.Optional;

/** The page that a request asks for, and the links of its answer. */
public final class Page {
    private final Cursors cursors;
    private final OrganizationId organization;
    private final String path;
    private final Parameters parameters;
    private final Slice slice;

    Page(Cursors cursors, OrganizationId organization, String path, Parameters parameters) {
        this.cursors = cursors;
        this.organization = organization;
        this.path = path;
        this.parameters = parameters;
        int limit = parameters.limit();
        Optional<Slice.From> from = parameters.cursor().flatMap(cursor -> {
            Optional<Slice.From> read = cursors.read(organization, query(), cursor);
            if (read.isEmpty()) {
                parameters.refuse(
                        "cursor",
                        Violation.Code.CURSOR,
                        "this cursor was not made for this list with these filters: follow the links of a page");
            }
            return read;
        });
        this.slice = new Slice(limit, from);
    }

    /** What to read. */
    public Slice slice() {
        return slice;
    }

    private String query() {
        return path + "?" + parameters.filters();
    }

    /** The links {@code self}, {@code next} and {@code prev}, the last two absent at the ends. */
    void links(Json json, Slice.Ends ends) {
        json.links(links -> {
            links.link("self", path + parameters.asGiven());
            ends.next().ifPresent(place -> links.link("next", at(place)));
            ends.previous().ifPresent(place -> links.link("prev", at(place)));
        });
    }

    private String at(Slice.From place) {
        return path + parameters.carried(Optional.of(cursors.write(organization, query(), place)));
    }
}
