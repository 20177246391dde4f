package io.trunkline.catalog;

import io.trunkline.ids.OfferingId;
import io.trunkline.web.Json;
import java.util.Optional;

/**
 * What a product is an instance of.
 *
 * @param profileType the type of eSIM profile that a plan needs at the SM-DP+ (SGP.22 5.3.1); empty for an add-on
 */
public record ProductOffering(OfferingId id, Type type, String name, Optional<String> profileType) {
    /** A subscription has exactly one active plan, and any add-ons. */
    public enum Type {
        PLAN("plan"),
        ADD_ON("add_on");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        static Type of(String text) {
            return text.equals(PLAN.text) ? PLAN : ADD_ON;
        }
    }

    static String path(OfferingId id) {
        return "/enterprise/product-offerings/" + id;
    }

    /** The resource. */
    void writeResource(Json json) {
        write(json);
        json.links(links -> links.link("self", path(id)));
    }

    /** As products and templates show it. */
    public void write(Json json) {
        json.text("id", id.text()).text("type", type.text()).text("name", name);
    }
}
