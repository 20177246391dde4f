package io.trunkline.orders;

import static io.trunkline.orders.OrderStep.BAR;
import static io.trunkline.orders.OrderStep.CONFIRM_ORDER;
import static io.trunkline.orders.OrderStep.CUT_OFF_PREVIOUS;
import static io.trunkline.orders.OrderStep.DELIVER;
import static io.trunkline.orders.OrderStep.DOWNLOAD_ORDER;
import static io.trunkline.orders.OrderStep.MOVE_NUMBER;
import static io.trunkline.orders.OrderStep.PROVISION;
import static io.trunkline.orders.OrderStep.REMOVE_LINE;
import static io.trunkline.orders.OrderStep.REMOVE_PREVIOUS;
import static io.trunkline.orders.OrderStep.RESERVE;
import static io.trunkline.orders.OrderStep.SET_SERVICES;
import static io.trunkline.orders.OrderStep.UNBAR;
import static io.trunkline.orders.OrderStep.WITHDRAW_PREVIOUS;
import static io.trunkline.orders.OrderStep.WITHDRAW_PROFILE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table of steps: what an order of each type does, in order.
 *
 * @param steps before the point of no return; when the last one is done the order is completed. One that fails for good
 *     takes back those that were done before it, the last one first, and the order is canceled
 * @param afterwards what follows, as often as it takes: nothing unwinds any more
 */
record Workflow(List<OrderStep> steps, List<OrderStep> afterwards) {
    private static final Workflow ACTIVATE =
            new Workflow(List.of(RESERVE, DOWNLOAD_ORDER, PROVISION, CONFIRM_ORDER), List.of(DELIVER));
    private static final Workflow SUSPEND = new Workflow(List.of(BAR), List.of());
    private static final Workflow RESUME = new Workflow(List.of(UNBAR), List.of());
    private static final Workflow TERMINATE = new Workflow(List.of(REMOVE_LINE), List.of(WITHDRAW_PROFILE));

    private static final List<OrderStep> NEW_SIM = List.of(RESERVE, DOWNLOAD_ORDER, PROVISION, CONFIRM_ORDER);
    private static final List<OrderStep> MOVE = List.of(DELIVER, MOVE_NUMBER, REMOVE_PREVIOUS, WITHDRAW_PREVIOUS);
    private static final Workflow CHANGE_SIM = new Workflow(NEW_SIM, MOVE);
    /** The old SIM is in the wrong hands. */
    private static final Workflow CHANGE_LOST_SIM =
            new Workflow(List.of(CUT_OFF_PREVIOUS, RESERVE, DOWNLOAD_ORDER, PROVISION, CONFIRM_ORDER), MOVE);

    private static final Workflow CHANGE_PRODUCTS = new Workflow(List.of(OrderStep.CHANGE_PRODUCTS), List.of());
    /** With services that the HLR decides, of a line that is on. */
    private static final Workflow CHANGE_SERVICES =
            new Workflow(List.of(SET_SERVICES, OrderStep.CHANGE_PRODUCTS), List.of());

    static Workflow of(Order order) {
        return switch (order.type()) {
            case ACTIVATE_SUBSCRIPTION -> ACTIVATE;
            case CHANGE_SIM_PROFILE -> order.isForLostSim() ? CHANGE_LOST_SIM : CHANGE_SIM;
            case CHANGE_PRODUCTS ->
                order.changes().map(ProductChange::atHlr).orElse(false) ? CHANGE_SERVICES : CHANGE_PRODUCTS;
            case SUSPEND_SUBSCRIPTION -> SUSPEND;
            case RESUME_SUBSCRIPTION -> RESUME;
            case TERMINATE_SUBSCRIPTION -> TERMINATE;
        };
    }

    /** All that there are: some types have more than one. */
    static List<Workflow> all() {
        return List.of(
                ACTIVATE, CHANGE_SIM, CHANGE_LOST_SIM, SUSPEND, RESUME, TERMINATE, CHANGE_PRODUCTS, CHANGE_SERVICES);
    }

    OrderStep first() {
        return steps.getFirst();
    }

    /** Whether the order completes with this step. */
    boolean completesWith(OrderStep step) {
        return steps.getLast() == step;
    }

    /** Whether the step lies past the point of no return. */
    boolean isAfterwards(OrderStep step) {
        return afterwards.contains(step);
    }

    /** The step after this one; empty after the last one of all. */
    Optional<OrderStep> after(OrderStep step) {
        int place = steps.indexOf(step);
        if (place >= 0 && place + 1 < steps.size()) {
            return Optional.of(steps.get(place + 1));
        }
        int next = place >= 0 ? 0 : afterwards.indexOf(step) + 1;
        return next < afterwards.size() ? Optional.of(afterwards.get(next)) : Optional.empty();
    }

    /** The step before this one; empty before the first one, and past the point of no return. */
    Optional<OrderStep> before(OrderStep step) {
        int place = steps.indexOf(step);
        return place > 0 ? Optional.of(steps.get(place - 1)) : Optional.empty();
    }

    /**
     * What there is to take back.
     *
     * @param own what needs nobody but us: done at once
     * @param next the first that needs a neighbour
     */
    record Back(List<OrderStep> own, Optional<OrderStep> next) {}

    /** What there is to take back, from this step on backwards. */
    Back back(Optional<OrderStep> from) {
        var own = new ArrayList<OrderStep>();
        Optional<OrderStep> step = from;
        while (step.isPresent()) {
            OrderStep one = step.get();
            if (one.hasUndo() && one.neighbour() != Neighbour.NONE) {
                break;
            }
            if (one.hasUndo()) {
                own.add(one);
            }
            step = before(one);
        }
        return new Back(List.copyOf(own), step);
    }

    /** The table for people, in Markdown. */
    static String table() {
        var table = new StringBuilder("| order | step | speaks to | does | undone by |\n|---|---|---|---|---|\n");
        for (Order.Type type : Order.Type.values()) {
            Workflow workflow = fullest(type);
            workflow.steps().forEach(step -> table.append(line(type, step)));
            table.append("| `%s` | | | **point of no return**: %s | |\n".formatted(type.text(), completion(type)));
            workflow.afterwards().forEach(step -> table.append(line(type, step)));
        }
        return table.toString();
    }

    /** The one with all the steps that an order of the type can have. */
    private static Workflow fullest(Order.Type type) {
        return switch (type) {
            case ACTIVATE_SUBSCRIPTION -> ACTIVATE;
            case CHANGE_SIM_PROFILE -> CHANGE_LOST_SIM;
            case SUSPEND_SUBSCRIPTION -> SUSPEND;
            case RESUME_SUBSCRIPTION -> RESUME;
            case TERMINATE_SUBSCRIPTION -> TERMINATE;
            case CHANGE_PRODUCTS -> CHANGE_SERVICES;
        };
    }

    private static String completion(Order.Type type) {
        return type.outcome()
                .map(status -> "the subscription is " + status.text() + ", the order completed")
                .orElse("the order completed");
    }

    private static String line(Order.Type type, OrderStep step) {
        return "| `%s` | `%s` | %s | %s | %s |\n"
                .formatted(type.text(), step.text(), step.neighbour().words(), step.does(), step.undo());
    }
}
