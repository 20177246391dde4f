package io.trunkline.network.smsc;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All SMSCs that there are, and which of them serves a number. */
public final class Smscs {
    private final List<Smsc> all;

    public Smscs(List<SmscSettings> settings) {
        this.all = settings.stream().map(Smsc::new).toList();
        if (all.stream().map(Smsc::name).distinct().count() < all.size()) {
            throw new IllegalArgumentException("trunkline.smsc.names: expected each name once");
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
