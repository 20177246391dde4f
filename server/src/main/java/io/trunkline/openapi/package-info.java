/**
 * The API's description, OpenAPI 3.1: written by hand in the module {@code api}, proved equal to the routes by tests,
 * served with a page to browse it.
 */
@ApplicationModule(
        displayName = "openapi",
        allowedDependencies = {"web"})
@NullMarked
package io.trunkline.openapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
