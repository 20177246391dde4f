package io.trunkline.web;

import io.trunkline.ids.SubscriberId;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a POST has made.
 *
 * @param path its path, for {@code Location}
 * @param person whose values the answer holds: it is kept sealed under that person's key
 * @param content the answer
 */
public record Created(String path, Optional<SubscriberId> person, Consumer<Json> content) {}
