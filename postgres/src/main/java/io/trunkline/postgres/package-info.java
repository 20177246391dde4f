/** PostgreSQL as a child process: the default database of a machine that has none, and the tests' own. */
@NullMarked
package io.trunkline.postgres;

import org.jspecify.annotations.NullMarked;
