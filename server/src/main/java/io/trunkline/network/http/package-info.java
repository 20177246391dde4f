/** Calls over HTTP to peers, bounded in time and in number. Known to the other rooms of the network alone. */
@NullMarked
package io.trunkline.network.http;

import org.jspecify.annotations.NullMarked;
