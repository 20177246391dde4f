package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.BatchId;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.web.Body;
import io.trunkline.web.Refusal;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What can be done with batches of orders. */
@Component
class Batches {
    private static final int MOST = 1_000;
    /** Most violations that one answer tells: more than a thousand orders of 1 MB can sensibly have. */
    private static final int MOST_VIOLATIONS = 10_000;

    private final Database database;
    private final Facts.Reader facts;
    private final Rules rules;
    private final Placing placing;
    private final OrderEndings endings;
    private final BatchStore store;
    private final Clock clock;

    Batches(
            Database database,
            Facts.Reader facts,
            Rules rules,
            Placing placing,
            OrderEndings endings,
            BatchStore store,
            Clock clock) {
        this.database = database;
        this.facts = facts;
        this.rules = rules;
        this.placing = placing;
        this.endings = endings;
        this.store = store;
        this.clock = clock;
    }

    /**
     * An order of the batch as it was sent.
     *
     * @param faults what its fields break, with pointers into the order
     * @param line where it begins in a table
     */
    record Sent(Request request, List<Violation> faults, Optional<Integer> line) {}

    /**
     * What a batch comes to.
     *
     * @param lines what each row comes to
     * @param plans of those that can be
     */
    private record Judged(List<Batch.Line> lines, List<Plan> plans) {
        /** Refuses all of it because of some, or of all. */
        void check(Body body, boolean partial) {
            if (!partial || plans.isEmpty()) {
                lines.forEach(line -> body.violations().addAll(line.errors()));
            }
            body.check(MOST_VIOLATIONS);
        }
    }

    /**
     * Reads the orders; what is not valid of one is kept with it.
     *
     * @throws Refusal where it is not a list of orders
     */
    List<Sent> read(Body body, BatchCsv table) {
        Instant now = clock.instant();
        Shape batch = body.shape();
        List<Shape> orders =
                batch.objects("orders", true, new Shape.Length(1, MOST)).orElse(List.of());
        batch.end();
        // Of what is no list of orders nothing else could be said.
        body.check();
        var sent = new ArrayList<Sent>();
        for (Shape order : orders) {
            var faults = new ArrayList<Violation>();
            Request request = Request.read(order.apart(faults), now);
            sent.add(new Sent(request, List.copyOf(faults), table.line(sent.size())));
        }
        return List.copyOf(sent);
    }

    /**
     * Takes the orders on, in one transaction and as many statements whatever their number.
     *
     * @param partial whether those that are valid start where others are not
     * @throws Refusal with all violations of all orders
     */
    Batch place(Sql sql, List<Sent> sent, boolean partial, Body body, OrderEndings.Asking asking) {
        OrganizationId organization = asking.caller().organization();
        Judged judged = judge(sql, sent, asking);
        judged.check(body, partial);
        Instant now = clock.instant();
        int refused = sent.size() - judged.plans().size();
        var batch = new Batch(BatchId.create(now), sent.size(), refused, 0, 0, now);
        placing.write(sql, judged.plans(), asking, true);
        store.insert(sql, organization, batch, judged.lines(), asking);
        return batch;
    }

    /**
     * What the batch would come to; nothing is written.
     *
     * @throws Refusal as {@link #place} would
     */
    Batch.Preview preview(List<Sent> sent, boolean partial, Body body, OrderEndings.Asking asking) {
        return database.inTransaction(asking.caller().organization(), sql -> {
            Judged judged = judge(sql, sent, asking);
            judged.check(body, partial);
            return new Batch.Preview(judged.lines());
        });
    }

    private Judged judge(Sql sql, List<Sent> sent, OrderEndings.Asking asking) {
        OrganizationId organization = asking.caller().organization();
        var origin = new Plan.Origin(organization, asking.correlationId(), clock.instant());
        Facts known =
                facts.read(sql, organization, sent.stream().map(Sent::request).toList());
        var plans = new ArrayList<Plan>();
        var lines = new ArrayList<Batch.Line>();
        var taken = new HashMap<SubscriptionId, Integer>();
        for (int place = 0; place < sent.size(); place++) {
            Sent one = sent.get(place);
            var faults = new ArrayList<>(one.faults());
            Optional<Plan> plan = plan(known, one.request(), origin, place, taken, faults);
            plan.ifPresent(plans::add);
            String pointer = "/orders/" + place;
            lines.add(new Batch.Line(
                    place,
                    plan.map(Plan::order).map(Order::id),
                    plan.map(_ -> Order.Status.PENDING),
                    faults.stream()
                            .map(fault -> fault.under(pointer))
                            .map(fault -> one.line().map(fault::onLine).orElse(fault))
                            .toList()));
        }
        return new Judged(lines, plans);
    }

    private Optional<Plan> plan(
            Facts known,
            Request request,
            Plan.Origin origin,
            int place,
            Map<SubscriptionId, Integer> taken,
            List<Violation> faults) {
        Optional<Plan> plan = rules.plan(known, request, origin, faults);
        if (plan.isEmpty()) {
            return plan;
        }
        rules.conflict(known, request).ifPresent(problem -> faults.add(state(problem.detail())));
        rules.givesWay(known, request)
                .ifPresent(first -> faults.add(state("the order " + first.id()
                        + " is in flight: order this by itself, and that one gives way where it can")));
        Order order = plan.get().order();
        if (!order.scheduled() && faults.isEmpty()) {
            Integer before = taken.putIfAbsent(order.subscription(), place);
            if (before != null) {
                faults.add(Violation.pointer(
                        "/subscription_id",
                        Violation.Code.REPEATED,
                        "the order " + before + " of this batch is for the same subscription"));
            }
        }
        return faults.isEmpty() ? plan : Optional.empty();
    }

    private static Violation state(String detail) {
        return Violation.pointer("/subscription_id", Violation.Code.STATE, detail);
    }

    Optional<Batch> find(OrganizationId organization, BatchId id) {
        return BatchStore.find(database.of(organization), organization, id);
    }

    /** Newest first. */
    Slice.Rows<Batch> list(OrganizationId organization, Slice slice) {
        return BatchStore.list(database.of(organization), organization, slice);
    }

    /**
     * Its orders, as they were sent.
     *
     * @throws Refusal where there is no such batch
     */
    Slice.Rows<Batch.Line> lines(
            OrganizationId organization, BatchId id, Optional<BatchStore.Outcome> outcome, Slice slice) {
        Sql sql = database.of(organization);
        if (BatchStore.find(sql, organization, id).isEmpty()) {
            throw Refusal.notFound();
        }
        return store.lines(sql, organization, id, outcome, slice);
    }

    /**
     * Cancels those of its orders that have not ended, each by itself; what completes meanwhile stays completed.
     *
     * @throws Refusal where there is no such batch
     */
    Batch cancel(BatchId id, OrderEndings.Asking asking) {
        OrganizationId organization = asking.caller().organization();
        Sql sql = database.of(organization);
        if (BatchStore.find(sql, organization, id).isEmpty()) {
            throw Refusal.notFound();
        }
        var reason = new Order.CancelReason(
                Order.CancelReason.REQUESTED, "the cancellation of its batch " + id + " was asked for");
        for (OrderId order : BatchStore.pending(sql, organization, id)) {
            boolean _ = endings.cancel(organization, order, reason, asking);
        }
        return find(organization, id).orElseThrow(Refusal::notFound);
    }
}
