/** A made-up operator of a size that one meets: for benchmarks, and to try Trunkline at scale. */
@NullMarked
package io.trunkline.box.load;

import org.jspecify.annotations.NullMarked;
