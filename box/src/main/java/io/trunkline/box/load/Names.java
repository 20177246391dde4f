package io.trunkline.box.load;

import java.util.List;

/** Names of people, some thousand last names by putting syllables together: that filters by a name have work to do. */
final class Names {
    private static final List<String> FIRST = List.of(
            "Ada", "Amir", "Beatriz", "Chen", "Dagmar", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kavya",
            "Liam", "Maja", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Ulla", "Vera", "Wim",
            "Xenia", "Yusuf", "Zoë");
    private static final List<String> BEGIN = List.of(
            "Al", "Bran", "Cas", "Du", "Erik", "Far", "Gra", "Hof", "Iy", "Jen", "Kow", "Lind", "Mor", "Nov", "Oka",
            "Per", "Quin", "Ros", "Sat", "Tan");
    private static final List<String> MIDDLE = List.of("a", "e", "i", "o", "u", "ar", "en", "il", "on", "ur");
    private static final List<String> END = List.of(
            "berg", "dez", "feld", "gard", "ham", "kin", "lund", "mann", "ner", "quist", "ria", "son", "ski", "ton",
            "well");

    private Names() {}

    static String first(long draw) {
        return FIRST.get(Math.floorMod(draw, FIRST.size()));
    }

    static String last(long draw) {
        int rest = Math.floorMod(draw >> 8, BEGIN.size() * MIDDLE.size() * END.size());
        int afterBegin = rest / BEGIN.size();
        return BEGIN.get(rest % BEGIN.size())
                + MIDDLE.get(afterBegin % MIDDLE.size())
                + END.get(afterBegin / MIDDLE.size());
    }
}
