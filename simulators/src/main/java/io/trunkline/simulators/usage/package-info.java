/**
 * What the network's lines use, as files of records in the drop directory of whoever rates them: calls, messages and
 * data sessions of the lines that the HLR has, at a settable rate.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.usage;
