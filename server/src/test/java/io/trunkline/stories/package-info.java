/** The user's way, told over HTTP against the whole server, a real PostgreSQL and the simulated network. */
@NullMarked
package io.trunkline.stories;

import org.jspecify.annotations.NullMarked;
