/**
 * Every identifier's own type. A leaf: it knows no other room.
 *
 * <p>Ids of ours are UUIDs of ULIDs in the database (16 bytes) and {@code prefix_ULID} outside.
 */
@ApplicationModule(
        displayName = "ids",
        allowedDependencies = {})
@NullMarked
package io.trunkline.ids;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
