/**
 * What Trunkline costs, each figure beside a limit that is measured in the same run: {@code ./trunkline bench NAME}.
 * Run on demand; nothing here is part of the product.
 */
@NullMarked
package io.trunkline.benchmarks;

import org.jspecify.annotations.NullMarked;
