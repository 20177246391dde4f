package io.trunkline.benchmarks;

/** What the person who runs a benchmark reads. */
final class Console {
    private Console() {}

    @SuppressWarnings("SystemOut") // The person at the keyboard reads it.
    static void say(String text) {
        System.out.println(text);
    }
}
