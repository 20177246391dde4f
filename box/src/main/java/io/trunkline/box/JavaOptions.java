package io.trunkline.box;

import java.lang.management.ManagementFactory;
import java.util.List;

/** What our JVM was started with and a child's should be, too. */
final class JavaOptions {
    private JavaOptions() {}

    /** The cache of loaded classes (JEP 514) holds for the whole class path, whichever class is the main one. */
    static List<String> ofChild() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:AOTCache="))
                .toList();
    }
}
