package io.trunkline.web;

import io.trunkline.ids.SubscriberId;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a POST has made.
 *
 * @param status 201, 202 where it is still being made, or 200 where the answer is another thing than what was made
 * @param path its path, for {@code Location} where it is no 200
 * @param person whose values the answer holds: it is kept sealed under that person's key
 * @param content the answer
 */
public record Created(int status, String path, Optional<SubscriberId> person, Consumer<Json> content) {
    static final int CREATED = 201;

    private static final int ACCEPTED = 202;
    private static final int OK = 200;

    public Created(String path, Optional<SubscriberId> person, Consumer<Json> content) {
        this(CREATED, path, person, content);
    }

    /** It will be made; the answer, of no person, is what there is of it. */
    public static Created later(String path, Consumer<Json> content) {
        return new Created(ACCEPTED, path, Optional.empty(), content);
    }

    /** Whether the path is told. */
    boolean isLocated() {
        return status != OK;
    }

    /** Something was made; the answer, of no person, tells of it. */
    public static Created told(String path, Consumer<Json> content) {
        return new Created(OK, path, Optional.empty(), content);
    }
}
