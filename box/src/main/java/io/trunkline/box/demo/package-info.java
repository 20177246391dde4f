/** The demo's data: organizations with people, lines and the orders that made them, and the stock for new orders. */
@NullMarked
package io.trunkline.box.demo;

import org.jspecify.annotations.NullMarked;
