/** The API's description as tests use it: proved equal to the server, and held against everything it answers. */
@NullMarked
package io.trunkline.openapi;

import org.jspecify.annotations.NullMarked;
