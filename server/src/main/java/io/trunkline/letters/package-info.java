/**
 * Letters: what mails to people say, in their language, and how it looks.
 */
@ApplicationModule(
        displayName = "letters",
        allowedDependencies = {})
@NullMarked
package io.trunkline.letters;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
