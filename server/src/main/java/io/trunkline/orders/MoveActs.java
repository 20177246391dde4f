package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.network.hlr.HlrCode;
import io.trunkline.network.hlr.Services;
import io.trunkline.subscriptions.Stock;
import io.trunkline.subscriptions.Subscriptions;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** The steps by which a line goes over from one SIM to another. */
@Component
class MoveActs {
    private final Database database;
    private final Subscriptions subscriptions;
    private final Stock stock;
    private final LineActs lines;
    private final Hlr hlr;
    private final Clock clock;

    MoveActs(Database database, Subscriptions subscriptions, Stock stock, LineActs lines, Hlr hlr, Clock clock) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.stock = stock;
        this.lines = lines;
        this.hlr = hlr;
        this.clock = clock;
    }

    /** Whoever has the lost SIM can do nothing with it from here on. */
    Outcome<Act.Written> cutOff(Order order, Act.Attempt attempt) {
        Outcome<Hlr.Done> outcome =
                hlr.setServices(lines.imsi(order, present(order)), Services.NONE, order.correlationId());
        Act.Written cutOff = sql -> OrderStore.reached(sql, order, Order.Milestone.PREVIOUS_CUT_OFF, clock.instant());
        return HlrCode.NO_SUCH_LINE.rejects(outcome) ? Act.accepted(cutOff) : outcome.then(_ -> Act.accepted(cutOff));
    }

    /** The order is canceled: the line goes on as it was. */
    Outcome<Act.Written> restore(Order order, Act.Attempt attempt) {
        return lines.set(order, present(order), lines.asTold(order)).then(_ -> Act.accepted(Act.Written.NOTHING));
    }

    /** The number is the new SIM's from here on. */
    Outcome<Act.Written> moveNumber(Order order, Act.Attempt attempt) {
        Msisdn number = LineActs.number(order);
        Act.Written moved = sql -> OrderStore.reached(sql, order, Order.Milestone.NUMBER_MOVED, clock.instant());
        if (number == null) {
            // A line for data alone: there is nothing to move.
            return Act.accepted(Act.Written.NOTHING);
        }
        Outcome<Hlr.Done> outcome = moved(order, number);
        if (HlrCode.NO_SUCH_LINE.rejects(outcome)) {
            // An HLR that has lost the new SIM gets it anew.
            outcome = lines.known(order, ProfileActs.iccid(order), null, lines.asTold(order))
                    .then(_ -> moved(order, number));
        }
        return outcome.then(_ -> Act.accepted(moved));
    }

    private Outcome<Hlr.Done> moved(Order order, Msisdn number) {
        return hlr.moveNumber(
                number,
                lines.imsi(order, previous(order)),
                lines.imsi(order, ProfileActs.iccid(order)),
                order.correlationId());
    }

    /** The old SIM has served its time. */
    Outcome<Act.Written> removePrevious(Order order, Act.Attempt attempt) {
        Iccid previous = previous(order);
        return hlr.delete(lines.imsi(order, previous), order.correlationId())
                .then(_ -> Act.accepted(sql -> {
                    subscriptions.retire(sql, order.organization(), order.subscription(), previous);
                    stock.retire(sql, previous, List.of());
                    OrderStore.reached(sql, order, Order.Milestone.PREVIOUS_REMOVED, clock.instant());
                }));
    }

    static Iccid previous(Order order) {
        return order.previous().orElseThrow(() -> new IllegalStateException(order.id() + " changes no SIM profile"));
    }

    /** The profile that is still the line's, whether or not another one is reserved already. */
    private Iccid present(Order order) {
        return order.previous()
                .orElseGet(() -> subscriptions.present(database.owner(), order.organization(), order.subscription()));
    }
}
