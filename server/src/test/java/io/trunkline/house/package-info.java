/** Rules of the house that a compiler does not know. Each message names the remedy. */
@NullMarked
package io.trunkline.house;

import org.jspecify.annotations.NullMarked;
