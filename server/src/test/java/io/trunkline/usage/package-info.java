@NullMarked
package io.trunkline.usage;

import org.jspecify.annotations.NullMarked;
