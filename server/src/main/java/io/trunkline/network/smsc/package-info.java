/** Short messages by SMPP 3.4: segments, binds, submissions and what comes back. */
@NamedInterface("smsc")
@NullMarked
package io.trunkline.network.smsc;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
