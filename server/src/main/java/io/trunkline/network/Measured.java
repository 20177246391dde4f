package io.trunkline.network;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.hlr.Capabilities;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.network.hlr.Line;
import io.trunkline.network.hlr.Services;
import io.trunkline.network.hlr.SimKeys;
import io.trunkline.network.mail.Mailer;
import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.network.mail.Sent;
import io.trunkline.network.smdp.CancelOrder;
import io.trunkline.network.smdp.ConfirmOrder;
import io.trunkline.network.smdp.DownloadOrder;
import io.trunkline.network.smdp.FunctionCall;
import io.trunkline.network.smdp.SmdpPlus;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts and times what neighbours answer, by function and outcome: {@code trunkline.neighbour.calls}. */
final class Measured {
    private static final String CALLS = "trunkline.neighbour.calls";

    private final MeterRegistry meters;
    private final String neighbour;

    private Measured(MeterRegistry meters, String neighbour) {
        this.meters = meters;
        this.neighbour = neighbour;
    }

    static Smdp smdp(SmdpPlus door, MeterRegistry meters) {
        return new Smdp(door, new Measured(meters, "smdp"));
    }

    static Register hlr(Hlr door, MeterRegistry meters) {
        return new Register(door, new Measured(meters, "hlr"));
    }

    static Mail mail(Mailer door, MeterRegistry meters) {
        return new Mail(door, new Measured(meters, "mail"));
    }

    private <T> Outcome<T> call(String function, Supplier<Outcome<T>> door) {
        Timer.Sample started = Timer.start(meters);
        Outcome<T> outcome = door.get();
        String told = switch (outcome) {
            case Outcome.Accepted<T> _ -> "accepted";
            case Outcome.Rejected<T> rejected -> rejected.retryable() ? "rejected_for_now" : "rejected";
            case Outcome.Unknown<T> _ -> "unknown";
        };
        started.stop(Timer.builder(CALLS)
                .description("Calls to neighbours, and how they ended")
                .tag("neighbour", neighbour)
                .tag("function", function)
                .tag("outcome", told)
                .register(meters));
        return outcome;
    }

    private static void close(Object door) {
        if (door instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException(door + " does not close", e);
            }
        }
    }

    /** The door to the SM-DP+. */
    record Smdp(SmdpPlus door, Measured measured) implements SmdpPlus, AutoCloseable {
        @Override
        public Outcome<Ordered> downloadOrder(DownloadOrder order, FunctionCall call) {
            return measured.call("downloadOrder", () -> door.downloadOrder(order, call));
        }

        @Override
        public Outcome<Confirmed> confirmOrder(ConfirmOrder order, FunctionCall call) {
            return measured.call("confirmOrder", () -> door.confirmOrder(order, call));
        }

        @Override
        public Outcome<SmdpPlus.Done> cancelOrder(CancelOrder order, FunctionCall call) {
            return measured.call("cancelOrder", () -> door.cancelOrder(order, call));
        }

        @Override
        public Outcome<SmdpPlus.Done> releaseProfile(Iccid iccid, FunctionCall call) {
            return measured.call("releaseProfile", () -> door.releaseProfile(iccid, call));
        }

        @Override
        public void close() {
            Measured.close(door);
        }
    }

    /** The door to the HLR. */
    record Register(Hlr door, Measured measured) implements Hlr, AutoCloseable {
        @Override
        public Capabilities capabilities() {
            return door.capabilities();
        }

        @Override
        public Outcome<Hlr.Done> provision(Line line, SimKeys keys, String correlation) {
            return measured.call("provision", () -> door.provision(line, keys, correlation));
        }

        @Override
        public Outcome<Hlr.Done> setServices(Imsi imsi, Services services, String correlation) {
            return measured.call("setServices", () -> door.setServices(imsi, services, correlation));
        }

        @Override
        public Outcome<Hlr.Done> moveNumber(Msisdn number, Imsi from, Imsi to, String correlation) {
            return measured.call("moveNumber", () -> door.moveNumber(number, from, to, correlation));
        }

        @Override
        public Outcome<Hlr.Done> delete(Imsi imsi, String correlation) {
            return measured.call("delete", () -> door.delete(imsi, correlation));
        }

        @Override
        public Outcome<Optional<Line>> find(Imsi imsi, String correlation) {
            return measured.call("find", () -> door.find(imsi, correlation));
        }

        @Override
        public Outcome<Optional<Line>> find(Msisdn number, String correlation) {
            return measured.call("find", () -> door.find(number, correlation));
        }

        @Override
        public void close() {
            Measured.close(door);
        }
    }

    /** The door to the mail server. */
    record Mail(Mailer door, Measured measured) implements Mailer, AutoCloseable {
        @Override
        public Outcome<Sent> send(OutgoingMail mail) {
            return measured.call("send", () -> door.send(mail));
        }

        @Override
        public void close() {
            Measured.close(door);
        }
    }
}
