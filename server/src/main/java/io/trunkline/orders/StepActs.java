package io.trunkline.orders;

import java.util.EnumMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** How each step of {@link OrderStep} is carried out and taken back. */
@Component
class StepActs {
    private final Map<OrderStep, Act> acts = new EnumMap<>(OrderStep.class);

    StepActs(ProfileActs profiles, LineActs lines) {
        acts.put(OrderStep.RESERVE, new Act(profiles::reserve, profiles::setFree));
        acts.put(OrderStep.DOWNLOAD_ORDER, new Act(profiles::downloadOrder, profiles::cancelOrder));
        acts.put(OrderStep.PROVISION, new Act(lines::provision, lines::unprovision));
        acts.put(OrderStep.CONFIRM_ORDER, new Act(profiles::confirmOrder, Act::nothing));
        acts.put(OrderStep.BAR, new Act(lines::bar, lines::asItIs));
        acts.put(OrderStep.UNBAR, new Act(lines::unbar, lines::asItIs));
        acts.put(OrderStep.REMOVE_LINE, new Act(lines::remove, lines::asItIs));
        acts.put(OrderStep.WITHDRAW_PROFILE, new Act(profiles::withdraw, Act::nothing));
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
