/** Lines at an HLR, HSS or UDM: how they are provisioned is no standard, so this is an interface of our own. */
@NamedInterface("hlr")
@NullMarked
package io.trunkline.network.hlr;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
