/** What can be told of subscriptions without a server. */
@NullMarked
package io.trunkline.subscriptions;

import org.jspecify.annotations.NullMarked;
