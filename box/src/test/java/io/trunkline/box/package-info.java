@org.jspecify.annotations.NullMarked
package io.trunkline.box;
