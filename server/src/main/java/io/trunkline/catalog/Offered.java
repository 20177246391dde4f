package io.trunkline.catalog;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.TemplateId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Templates, and which accounts may order by them. */
public record Offered(List<Entry> entries) {
    /**
     * A template.
     *
     * @param accounts those that it is made for, and whether it is their default
     */
    record Entry(OrderTemplate template, boolean retired, boolean allAccounts, Map<AccountId, Boolean> accounts) {
        private boolean isFor(AccountId account) {
            return !retired && (allAccounts || accounts.containsKey(account));
        }

        private boolean isDefaultOf(AccountId account) {
            return !retired && accounts.getOrDefault(account, false);
        }
    }

    /** A template of the organization, whoever may order by it. */
    public Optional<OrderTemplate> known(TemplateId id) {
        return entries.stream()
                .map(Entry::template)
                .filter(template -> template.id().equals(id))
                .findFirst();
    }

    /** A template that this account may order by. */
    public Optional<OrderTemplate> usable(AccountId account, TemplateId id) {
        return entries.stream()
                .filter(entry -> entry.template().id().equals(id) && entry.isFor(account))
                .map(Entry::template)
                .findFirst();
    }

    /** The template that an order of this account means when it names none. */
    public Optional<OrderTemplate> defaultOf(AccountId account) {
        return entries.stream()
                .filter(entry -> entry.isDefaultOf(account))
                .map(Entry::template)
                .findFirst();
    }
}
