package io.trunkline.box.demo;

import io.trunkline.catalog.OperatorCatalog;
import io.trunkline.database.Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the demo's organizations can order. Codes are only names within the demo; ids are made when rows are. */
public final class DemoCatalog {
    /** The one type of eSIM profile in the demo's stock. */
    static final String PROFILE_TYPE = "trunkline.business.5g";

    private DemoCatalog() {}

    /** What the offerings of these names give and cost, as the catalog's file says, which knows them by their keys. */
    public static void tariffs(Demo.Beans beans) throws IOException {
        beans.get(Database.class).inOwnerTransaction(sql -> {
            OFFERINGS.forEach(offering -> sql.update(
                    "UPDATE product_offerings SET key = ? WHERE name = ? AND type = ? AND key IS NULL",
                    offering.key(),
                    offering.name(),
                    offering.type()));
            return true;
        });
        try (InputStream file = DemoCatalog.class.getResourceAsStream("catalog.yaml")) {
            if (file == null) {
                throw new IllegalStateException("the demo's catalog.yaml is missing");
            }
            var outcome =
                    beans.get(OperatorCatalog.class).apply(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            if (!outcome.violations().isEmpty()) {
                throw new IllegalStateException("the demo's catalog cannot be applied: " + outcome.violations());
            }
        }
    }

    /** The key is that of the catalog's file. */
    record Offering(String key, String type, String name) {}

    /**
     * An order template.
     *
     * @param offerings names of offerings, the plan first
     * @param countries of its numbers, the primary one first
     * @param services those that are switched on
     */
    record Template(
            String description,
            List<String> offerings,
            List<String> countries,
            List<String> services,
            boolean isDefault) {}

    static final String BUSINESS_10 = "Business 10GB";
    static final String UNLIMITED = "Business Unlimited";
    static final String DATA_5 = "Data 5GB";
    static final String RECORDING = "Voice and SMS recording";
    static final String EU_ROAMING = "EU roaming 5GB";

    static final List<Offering> OFFERINGS = List.of(
            new Offering("business-10", "plan", BUSINESS_10),
            new Offering("business-unlimited", "plan", UNLIMITED),
            new Offering("data-5", "plan", DATA_5),
            new Offering("recording", "add_on", RECORDING),
            new Offering("eu-roaming-5", "add_on", EU_ROAMING));

    static final List<Template> TEMPLATES = List.of(
            new Template(
                    "Standard line: 10 GB, a British number",
                    List.of(BUSINESS_10),
                    List.of("GB"),
                    List.of("voice", "sms", "data"),
                    true),
            new Template(
                    "Trading desk: unlimited, recorded, a British number",
                    List.of(UNLIMITED, RECORDING),
                    List.of("GB"),
                    List.of("voice", "sms", "data", "voice_recording", "sms_recording"),
                    false),
            new Template(
                    "Frequent traveller: 10 GB with EU roaming, a British and a German number",
                    List.of(BUSINESS_10, EU_ROAMING),
                    List.of("GB", "DE"),
                    List.of("voice", "sms", "data"),
                    false),
            new Template(
                    "American line: unlimited, an American number",
                    List.of(UNLIMITED),
                    List.of("US"),
                    List.of("voice", "sms", "data"),
                    false),
            new Template("Tablet or router: data only", List.of(DATA_5), List.of(), List.of("data"), false));

    static final List<String> SERVICES = List.of("voice", "sms", "data", "voice_recording", "sms_recording");
}
