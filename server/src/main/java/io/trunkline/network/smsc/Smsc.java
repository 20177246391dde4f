package io.trunkline.network.smsc;

import io.trunkline.network.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jsmpp.bean.BindType;

/** One SMSC with its binds. */
public final class Smsc {
    /** The code of what surely was not sent, for no bind is up. */
    public static final String UNREACHABLE = "unreachable";
    /** The code of what surely was not sent, for the SMSC wants less at a time. */
    public static final String TOO_MUCH = "too_much";

    /** One of them is unanswered, the others wait for it: so long does it take to fetch more. */
    private static final int WINDOWS = 4;

    private final SmscSettings settings;
    private final List<Bind> binds = new ArrayList<>();

    Smsc(SmscSettings settings) {
        this.settings = settings;
    }

    public String name() {
        return settings.name();
    }

    SmscSettings settings() {
        return settings;
    }

    /** How many submissions a text of so many segments takes. */
    public int submissions(int segments) {
        return settings.concatenation() == SmscSettings.Concatenation.PAYLOAD ? 1 : segments;
    }

    void start(FromSmsc listener, Runnable changed) {
        for (int number = 1; number <= settings.binds(); number++) {
            switch (settings.mode()) {
                case TRANSCEIVER -> binds.add(new Bind(settings, BindType.BIND_TRX, number, listener, changed));
                case TRANSMITTER_RECEIVER -> {
                    binds.add(new Bind(settings, BindType.BIND_RX, number, listener, changed));
                    binds.add(new Bind(settings, BindType.BIND_TX, number, listener, changed));
                }
            }
        }
        binds.forEach(Bind::start);
    }

    /** How many messages are worth working on at once: enough to keep all windows full; 0 while no bind is up. */
    public int capacity() {
        int up = (int)
                binds.stream().filter(bind -> bind.transmits() && bind.isUp()).count();
        int windows = WINDOWS * settings.window();
        int ofBind = settings.perSecond() == 0 ? windows : Math.min(windows, 2 * settings.perSecond());
        return up * ofBind;
    }

    /** How many binds are up. */
    public int up() {
        return (int) binds.stream().filter(Bind::isUp).count();
    }

    /**
     * Submits by the bind that has most room, and waits for the answer.
     *
     * @return the SMSC's id of it, which receipts name
     */
    public Outcome<String> submit(ShortMessage message) {
        Optional<Bind> bind =
                binds.stream().filter(one -> one.transmits() && one.isUp()).max(Comparator.comparingInt(Bind::free));
        return bind.isPresent()
                ? bind.get().submit(message)
                : new Outcome.Rejected<>(UNREACHABLE, "no bind is up", true);
    }

    void stop() {
        binds.forEach(Bind::stop);
    }
}
