package io.trunkline.orders;

import java.util.EnumMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** How each step of {@link OrderStep} is carried out and taken back. */
@Component
class StepActs {
    private final Map<OrderStep, Act> acts = new EnumMap<>(OrderStep.class);

    StepActs(ProfileActs profiles, LineActs lines, MoveActs moves, ProductActs products) {
        acts.put(OrderStep.RESERVE, new Act(profiles::reserve, profiles::setFree));
        acts.put(OrderStep.DOWNLOAD_ORDER, new Act(profiles::downloadOrder, profiles::cancelOrder));
        acts.put(OrderStep.PROVISION, new Act(lines::provision, lines::unprovision));
        acts.put(OrderStep.CONFIRM_ORDER, new Act(profiles::confirmOrder, Act::nothing));
        acts.put(OrderStep.BAR, new Act(lines::bar, lines::asItIs));
        acts.put(OrderStep.UNBAR, new Act(lines::unbar, lines::asItIs));
        acts.put(OrderStep.REMOVE_LINE, new Act(lines::remove, lines::asItIs));
        acts.put(OrderStep.WITHDRAW_PROFILE, new Act(profiles::withdraw, Act::nothing));
        acts.put(OrderStep.SET_SERVICES, new Act(lines::setServices, lines::asItIs));
        acts.put(OrderStep.CHANGE_PRODUCTS, new Act(products::change, Act::nothing));
        acts.put(OrderStep.CUT_OFF_PREVIOUS, new Act(moves::cutOff, moves::restore));
        acts.put(OrderStep.MOVE_NUMBER, new Act(moves::moveNumber, Act::nothing));
        acts.put(OrderStep.REMOVE_PREVIOUS, new Act(moves::removePrevious, Act::nothing));
        acts.put(OrderStep.WITHDRAW_PREVIOUS, new Act(profiles::withdrawPrevious, Act::nothing));
    }

    /** Every step but the mail, whose recipients have outcomes of their own ({@link ActivationDelivery}). */
    Act of(OrderStep step) {
        Act act = acts.get(step);
        if (act == null) {
            throw new IllegalStateException(step + " is not carried out here");
        }
        return act;
    }
}
