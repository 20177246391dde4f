/**
 * The whole on one machine: embedded PostgreSQL, the simulated network and the server, started, watched and stopped
 * together. Everything here is a default that configuration replaces.
 */
@NullMarked
package io.trunkline.box;

import org.jspecify.annotations.NullMarked;
