package io.trunkline.box;

import java.util.List;
import java.util.Map;

/** Numbers of a command line, as people write them: 50M, 200k. */
public final class Amounts {
    private Amounts() {}

    /**
     * The number of an option.
     *
     * @param given what was given, by option
     * @param usual where it was not
     * @param faults takes what is wrong with it; the answer is of no use then
     */
    public static int number(
            Map<String, String> given, String name, int usual, int least, int most, List<String> faults) {
        String text = given.getOrDefault(name, Integer.toString(usual));
        String digits = text.replaceFirst("[mM]$", "000000").replaceFirst("[kK]$", "000");
        int number = digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : -1;
        if (number < least || number > most) {
            faults.add(name + " is a number from " + least + " to " + most + ", not " + text);
        }
        return number;
    }
}
