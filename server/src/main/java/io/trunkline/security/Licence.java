package io.trunkline.security;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An API that a client may be entitled to, carried by its tokens as an OAuth scope of the same name. */
public enum Licence {
    ACCOUNTS,
    MESSAGES,
    ORDERS,
    ORDER_TEMPLATES,
    PRODUCTS,
    SUBSCRIBERS,
    SUBSCRIPTIONS,
    USAGE,
    /** Of the operator alone: what is under {@code /operator}. No client of an organization has it. */
    OPERATOR;

    /** Those that a client of an organization can have. */
    public static Set<Licence> ofOrganizations() {
        return EnumSet.complementOf(EnumSet.of(OPERATOR));
    }

    /** As in a token, e.g. {@code order-templates}. */
    public String scope() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Empty where no licence has this name. */
    public static Optional<Licence> of(String scope) {
        return Arrays.stream(values())
                .filter(licence -> licence.scope().equals(scope))
                .findFirst();
    }

    /** Those that a token's {@code scope} names (RFC 6749 3.3), as far as its client has them. */
    static Set<Licence> granted(@Nullable String scope, Set<Licence> most) {
        Set<Licence> granted = EnumSet.noneOf(Licence.class);
        if (scope != null) {
            Arrays.stream(scope.split(" "))
                    .flatMap(name -> of(name).stream())
                    .filter(most::contains)
                    .forEach(granted::add);
        }
        return Set.copyOf(granted);
    }
}
