package io.trunkline.catalog;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.TemplateId;
import io.trunkline.web.Json;
import io.trunkline.web.Violation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The order templates of a catalog file beside those that there are. */
final class TemplateChanges {
    private static final String ORGANIZATIONS = "SELECT id, key FROM organizations WHERE key = ANY (?)";
    private static final String ACCOUNTS = """
            SELECT organization_id, id, reference_code FROM accounts WHERE organization_id = ANY (?) ORDER BY id""";
    private static final String KNOWN = """
            SELECT t.id, t.description, t.phone_numbers, t.services, t.sms_sender, t.all_accounts, t.retired,
                ARRAY(SELECT o.key FROM order_template_offerings p JOIN product_offerings o ON o.id = p.offering_id
                      WHERE p.organization_id = t.organization_id AND p.template_id = t.id AND o.key IS NOT NULL
                      ORDER BY p.position) AS offerings,
                ARRAY(SELECT a.account_id::text || a.is_default FROM order_template_accounts a
                      WHERE a.organization_id = t.organization_id AND a.template_id = t.id ORDER BY 1) AS accounts
            FROM order_templates t WHERE t.organization_id = ? AND t.key = ?""";
    private static final String ADD = """
            INSERT INTO order_templates (organization_id, id, key, type, description, phone_numbers, services,
                sms_sender, all_accounts, retired, created_at)
            VALUES (?, ?, ?, 'activate_subscription', ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?)""";
    private static final String CHANGE = """
            UPDATE order_templates SET description = ?, phone_numbers = ?::jsonb, services = ?::jsonb, sms_sender = ?,
                all_accounts = ?, retired = ?
            WHERE organization_id = ? AND id = ?""";
    private static final String OFFER = """
            INSERT INTO organization_offerings (organization_id, offering_id, orderable) VALUES (?, ?, true)
            ON CONFLICT (organization_id, offering_id) DO UPDATE SET orderable = true""";
    private static final String FORGET_OFFERINGS =
            "DELETE FROM order_template_offerings WHERE organization_id = ? AND template_id = ?";
    private static final String SET_OFFERING = """
            INSERT INTO order_template_offerings (organization_id, template_id, position, offering_id)
            VALUES (?, ?, ?, ?)""";
    private static final String FORGET_ACCOUNTS =
            "DELETE FROM order_template_accounts WHERE organization_id = ? AND template_id = ?";
    private static final String NO_OTHER_DEFAULT = """
            UPDATE order_template_accounts SET is_default = false
            WHERE organization_id = ? AND account_id = ? AND is_default""";
    private static final String SET_ACCOUNT = """
            INSERT INTO order_template_accounts (organization_id, account_id, template_id, is_default)
            VALUES (?, ?, ?, ?)""";

    private final CatalogChange change;
    private final LineCheck lines;
    private final OfferingChanges offerings;
    private final Map<String, OrganizationId> organizations = new HashMap<>();
    private final Map<OrganizationId, Map<String, AccountId>> accounts = new HashMap<>();
    private List<CatalogFile.Template> told = List.of();

    TemplateChanges(CatalogChange change, LineCheck lines, OfferingChanges offerings) {
        this.change = change;
        this.lines = lines;
        this.offerings = offerings;
    }

    void judge(List<CatalogFile.Template> templates) {
        told = templates;
        String[] keys = templates.stream()
                .map(CatalogFile.Template::organization)
                .distinct()
                .toArray(String[]::new);
        change.sql()
                .list(ORGANIZATIONS, row -> Map.entry(row.text("key"), new OrganizationId(row.uuid("id"))), (Object)
                        keys)
                .forEach(entry -> organizations.put(entry.getKey(), entry.getValue()));
        change.sql()
                .list(
                        ACCOUNTS,
                        row -> {
                            accounts.computeIfAbsent(
                                            new OrganizationId(row.uuid("organization_id")), _ -> new HashMap<>())
                                    .put(row.text("reference_code"), new AccountId(row.uuid("id")));
                            return true;
                        },
                        (Object) organizations.values().stream()
                                .map(OrganizationId::value)
                                .toArray(UUID[]::new));
        templates.forEach(this::judge);
        var defaults = new HashMap<AccountId, String>();
        for (CatalogFile.Template template : templates) {
            OrganizationId organization = organizations.get(template.organization());
            if (template.isDefault() && organization != null && change.isValid()) {
                named(template, organization).forEach((code, account) -> {
                    String other = defaults.put(account, template.key());
                    if (other != null) {
                        template.entry()
                                .refuse(
                                        "default",
                                        Violation.Code.REPEATED,
                                        "\"" + other + "\" is the default of account \"" + code + "\" already");
                    }
                });
            }
        }
    }

    private void judge(CatalogFile.Template template) {
        FileEntry entry = template.entry();
        OrganizationId organization = organizations.get(template.organization());
        if (organization == null) {
            entry.refuse(
                    "organization",
                    Violation.Code.NOT_FOUND,
                    "there is no organization \"" + template.organization() + "\"");
        } else {
            Map<String, AccountId> known = accounts.getOrDefault(organization, Map.of());
            template.accounts().orElse(List.of()).stream()
                    .filter(code -> !known.containsKey(code))
                    .forEach(code -> entry.refuse(
                            "accounts", Violation.Code.NOT_FOUND, "there is no account \"" + code + "\" there"));
        }
        long plans = 0;
        for (String key : template.offerings()) {
            Optional<ProductOffering.Type> type = offerings.typeOf(key);
            if (type.isEmpty()) {
                entry.refuse("offerings", Violation.Code.NOT_FOUND, "there is no offering \"" + key + "\"");
            } else if (offerings.isRetired(key) && !template.retired()) {
                entry.refuse("offerings", Violation.Code.STATE, "\"" + key + "\" is retired");
            }
            plans += type.filter(ProductOffering.Type.PLAN::equals).isPresent() ? 1 : 0;
        }
        if (plans != 1) {
            entry.refuse("offerings", Violation.Code.RANGE, "exactly one plan is expected, there are " + plans);
        }
        int numbers = template.phoneNumbers().stream()
                .mapToInt(OrderTemplate.Numbers::count)
                .sum();
        long primary = template.phoneNumbers().stream()
                .filter(OrderTemplate.Numbers::isPrimary)
                .count();
        if (!template.phoneNumbers().isEmpty() && primary != 1) {
            entry.refuse("phone_numbers", Violation.Code.RANGE, "exactly one entry is_primary, here " + primary);
        }
        lines.refusal(template.services(), numbers)
                .ifPresent(why -> entry.refuse(
                        why.contains("number") ? "phone_numbers" : "services",
                        Violation.Code.NOT_ALLOWED,
                        "the network cannot do that: " + why));
    }

    void write() {
        told.forEach(this::write);
    }

    /** What is compared: all that a template is. */
    private record Content(
            String description,
            JsonNode phoneNumbers,
            JsonNode services,
            boolean smsSender,
            boolean allAccounts,
            boolean retired,
            List<String> offerings,
            List<String> accounts) {}

    private record Known(TemplateId id, Content content) {}

    private void write(CatalogFile.Template template) {
        OrganizationId organization =
                Optional.ofNullable(organizations.get(template.organization())).orElseThrow();
        Map<String, AccountId> named = named(template, organization);
        Content wanted = new Content(
                template.description(),
                numbers(template),
                services(template),
                template.smsSender(),
                template.accounts().isEmpty(),
                template.retired(),
                template.offerings(),
                named.values().stream()
                        .map(account -> account.value() + (template.isDefault() ? "true" : "false"))
                        .sorted()
                        .toList());
        Optional<Known> there = change.sql()
                .one(
                        KNOWN,
                        row -> new Known(
                                new TemplateId(row.uuid("id")),
                                new Content(
                                        row.text("description"),
                                        Json.parse(row.text("phone_numbers")),
                                        Json.parse(row.text("services")),
                                        row.bool("sms_sender"),
                                        row.bool("all_accounts"),
                                        row.bool("retired"),
                                        row.texts("offerings"),
                                        row.texts("accounts"))),
                        organization,
                        template.key());
        if (there.map(Known::content).filter(wanted::equals).isPresent()) {
            change.note("template", template.key(), "unchanged");
            return;
        }
        TemplateId id = there.map(Known::id).orElseGet(() -> TemplateId.create(change.now()));
        if (there.isEmpty()) {
            change.sql()
                    .update(
                            ADD,
                            organization,
                            id,
                            template.key(),
                            wanted.description(),
                            wanted.phoneNumbers().toString(),
                            wanted.services().toString(),
                            wanted.smsSender(),
                            wanted.allAccounts(),
                            wanted.retired(),
                            change.now());
        } else {
            change.sql()
                    .update(
                            CHANGE,
                            wanted.description(),
                            wanted.phoneNumbers().toString(),
                            wanted.services().toString(),
                            wanted.smsSender(),
                            wanted.allAccounts(),
                            wanted.retired(),
                            organization,
                            id);
        }
        writeParts(template, organization, id, named);
        boolean ends = template.retired()
                && there.map(known -> !known.content().retired()).orElse(false);
        change.note("template", template.key(), there.isEmpty() ? "added" : ends ? "retired" : "changed");
    }

    private void writeParts(
            CatalogFile.Template template, OrganizationId organization, TemplateId id, Map<String, AccountId> named) {
        change.sql().update(FORGET_OFFERINGS, organization, id);
        for (int i = 0; i < template.offerings().size(); i++) {
            String key = template.offerings().get(i);
            if (!offerings.isRetired(key)) {
                change.sql().update(OFFER, organization, offerings.id(key));
            }
            change.sql().update(SET_OFFERING, organization, id, i, offerings.id(key));
        }
        change.sql().update(FORGET_ACCOUNTS, organization, id);
        for (AccountId account : named.values()) {
            if (template.isDefault()) {
                change.sql().update(NO_OTHER_DEFAULT, organization, account);
            }
            change.sql().update(SET_ACCOUNT, organization, account, id, template.isDefault());
        }
    }

    /** The accounts that are written down: those named, or all of them where it is their default. */
    private Map<String, AccountId> named(CatalogFile.Template template, OrganizationId organization) {
        Map<String, AccountId> known = accounts.getOrDefault(organization, Map.of());
        if (template.retired()) {
            return Map.of();
        }
        return template.accounts()
                .map(codes -> codes.stream()
                        .distinct()
                        .collect(Collectors.toMap(
                                code -> code,
                                code -> Optional.ofNullable(known.get(code)).orElseThrow())))
                .orElse(template.isDefault() ? known : Map.of());
    }

    private static JsonNode numbers(CatalogFile.Template template) {
        return list(Json.text(json -> json.objects(
                "all",
                template.phoneNumbers(),
                (entry, wanted) -> entry.text("country", wanted.country())
                        .number("count", wanted.count())
                        .bool("is_primary", wanted.isPrimary()))));
    }

    private static JsonNode services(CatalogFile.Template template) {
        return list(Json.text(json -> json.objects(
                "all",
                template.services(),
                (entry, wanted) -> entry.text("type", wanted.type()).bool("enabled", wanted.enabled()))));
    }

    private static JsonNode list(String json) {
        return Json.parse(json).path("all");
    }
}
