@NullMarked
package io.trunkline.postgres;

import org.jspecify.annotations.NullMarked;
