/** QR codes as PNG and SVG. A leaf: it knows no other room. */
@ApplicationModule(
        displayName = "qr",
        allowedDependencies = {})
@NullMarked
package io.trunkline.qr;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
