package io.trunkline.catalog;

import java.util.List;
import java.util.Optional;

/** What the network cannot do is refused before anybody can order it. */
@FunctionalInterface
public interface LineCheck {
    /** Why there can be no line with these services and so many numbers; empty where there can. */
    Optional<String> refusal(List<OrderTemplate.Service> services, int numbers);
}
