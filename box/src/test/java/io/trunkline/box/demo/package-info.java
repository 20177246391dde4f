@NullMarked
package io.trunkline.box.demo;

import org.jspecify.annotations.NullMarked;
