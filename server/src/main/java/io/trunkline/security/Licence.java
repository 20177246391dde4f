package io.trunkline.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** An API that a client may be entitled to, carried by its tokens as an OAuth scope of the same name. */
public enum Licence {
    ACCOUNTS,
    MESSAGES,
    ORDERS,
    ORDER_TEMPLATES,
    PRODUCTS,
    SUBSCRIBERS,
    SUBSCRIPTIONS,
    USAGE;

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
}
