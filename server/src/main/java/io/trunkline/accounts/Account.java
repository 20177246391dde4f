package io.trunkline.accounts;

import io.trunkline.ids.AccountId;
import io.trunkline.web.Json;
import java.util.Locale;

/**
 * A business account: a branch or department of an organization.
 *
 * @param referenceCode the organization's own name for it
 * @param country ISO 3166-1 alpha-2
 */
public record Account(AccountId id, String referenceCode, String name, String country, Status status) {
    /** Only an active account may order. */
    public enum Status {
        ACTIVE,
        CLOSED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static String path(AccountId id) {
        return "/enterprise/accounts/" + id;
    }

    /** The resource. */
    public void write(Json json) {
        json.text("id", id.text())
                .text("reference_code", referenceCode)
                .text("name", name)
                .text("country", country)
                .text("status", status.text())
                .links(links -> links.link("self", path(id)));
    }
}
