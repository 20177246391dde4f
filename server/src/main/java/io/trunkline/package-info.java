/** Trunkline's server. Its rooms are the packages below; ARCHITECTURE.md maps them. */
@NullMarked
package io.trunkline;

import org.jspecify.annotations.NullMarked;
