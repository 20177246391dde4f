/** What whoever runs the server relies on: probes, metrics, logs, limits, proxies, and a database that goes away. */
@NullMarked
package io.trunkline.operating;

import org.jspecify.annotations.NullMarked;
