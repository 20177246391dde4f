package io.trunkline.network.smsc;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** All SMSCs that there are, and which of them serves a number. */
public final class Smscs {
    private final List<Smsc> all;

    public Smscs(List<SmscSettings> settings) {
        this.all = settings.stream().map(Smsc::new).toList();
        if (all.stream().map(Smsc::name).distinct().count() < all.size()) {
            throw new IllegalArgumentException("trunkline.smsc.names: expected each name once");
        }
        settings.stream()
                .collect(Collectors.groupingBy(SmscSettings::peer, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(Smscs::requireOne);
    }

    /** Receipts come to any bind of a system: of two names, either would take those of the other for its own. */
    private static void requireOne(List<SmscSettings> same) {
        if (same.size() > 1) {
            List<String> names = same.stream().map(SmscSettings::name).toList();
            throw new IllegalArgumentException(
                    "trunkline.smsc: expected a system-id of its own for each name at one SMSC,"
                            + " got \"" + same.getFirst().systemId() + "\" at "
                            + same.getFirst().host() + ":"
                            + same.getFirst().port() + " for " + String.join(" and ", names)
                            + "; set trunkline.smsc." + names.getLast()
                            + ".system-id, or make it one name with more binds");
        }
    }

    public List<Smsc> all() {
        return all;
    }

    /** The one with the longest prefix that the number begins with. */
    public Optional<Smsc> route(String digits) {
        return all.stream()
                .filter(smsc -> smsc.settings().serves(digits).isPresent())
                .max(Comparator.comparingInt(
                        smsc -> smsc.settings().serves(digits).orElse(0)));
    }

    /**
     * Makes the binds, and keeps them up.
     *
     * @param changed called when a bind has come up
     */
    public void start(FromSmsc listener, Runnable changed) {
        all.forEach(smsc -> smsc.start(listener, changed));
    }

    /** Unbinds; what is handed over until then is still taken. */
    public void stop() {
        all.forEach(Smsc::stop);
    }
}
