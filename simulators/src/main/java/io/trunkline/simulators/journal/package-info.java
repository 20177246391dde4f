/** State that survives the death of the process. */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.journal;
