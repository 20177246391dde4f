package io.trunkline.orders;

import io.trunkline.catalog.ProductOffering;
import io.trunkline.ids.OfferingId;
import io.trunkline.ids.ProductId;
import io.trunkline.network.hlr.Hlr;
import io.trunkline.network.hlr.Services;
import io.trunkline.subscriptions.ProductChanges.Active;
import io.trunkline.subscriptions.Service;
import io.trunkline.subscriptions.Subscription;
import io.trunkline.web.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The rules of an order that changes products: a line has exactly one plan, and what the HLR can keep apart. */
@Component
class ProductRules {
    private final Hlr hlr;

    ProductRules(Hlr hlr) {
        this.hlr = hlr;
    }

    /** What the request means for this line; with violations where it cannot be. */
    ProductChange change(Facts facts, Subscription line, ProductRequest request, List<Violation> violations) {
        List<Active> active = facts.products().getOrDefault(line.id(), List.of());
        Optional<Active> plan = active.stream().filter(Active::isPlan).findFirst();
        List<ProductOffering> added = added(facts.orderable(), request, plan, violations);
        boolean planComes = added.stream().anyMatch(offering -> offering.type() == ProductOffering.Type.PLAN);
        List<ProductId> removed = new ArrayList<>(removed(request, active, planComes, violations));
        if (planComes) {
            plan.map(Active::id).filter(id -> !removed.contains(id)).ifPresent(removed::add);
        }
        return new ProductChange(
                added.stream().map(ProductOffering::id).toList(),
                List.copyOf(removed),
                request.services(),
                atHlr(facts, line, request.services(), violations));
    }

    private static List<ProductOffering> added(
            Map<OfferingId, ProductOffering> orderable,
            ProductRequest request,
            Optional<Active> plan,
            List<Violation> violations) {
        var added = new ArrayList<ProductOffering>();
        var named = new HashSet<OfferingId>();
        boolean planComes = false;
        for (int i = 0; i < request.add().size(); i++) {
            Optional<OfferingId> id = request.add().get(i);
            if (id.isEmpty()) {
                continue;
            }
            String pointer = "/add/" + i;
            ProductOffering offering = orderable.get(id.get());
            if (!named.add(id.get())) {
                violations.add(Violation.pointer(pointer, Violation.Code.REPEATED, id.get() + " is named twice"));
            } else if (offering == null) {
                violations.add(Violation.pointer(
                        pointer, Violation.Code.NOT_FOUND, "there is no offering " + id.get() + " to order"));
            } else {
                if (offering.type() == ProductOffering.Type.PLAN) {
                    planFault(pointer, offering, plan, planComes).ifPresent(violations::add);
                    planComes = true;
                }
                added.add(offering);
            }
        }
        return added;
    }

    private static Optional<Violation> planFault(
            String pointer, ProductOffering offering, Optional<Active> plan, boolean second) {
        if (second) {
            return Optional.of(Violation.pointer(
                    pointer, Violation.Code.MISMATCH, "a subscription has exactly one plan, this is a second one"));
        }
        if (plan.map(present -> present.offering().id()).equals(Optional.of(offering.id()))) {
            return Optional.of(Violation.pointer(
                    pointer, Violation.Code.STATE, "the subscription has the plan " + offering.id() + " already"));
        }
        return plan.filter(present -> !present.offering().profileType().equals(offering.profileType()))
                .map(present -> Violation.pointer(
                        pointer,
                        Violation.Code.MISMATCH,
                        "the plan " + offering.id()
                                + " needs a SIM profile of another type than the subscription has"));
    }

    private static List<ProductId> removed(
            ProductRequest request, List<Active> active, boolean planComes, List<Violation> violations) {
        var removed = new ArrayList<ProductId>();
        for (int i = 0; i < request.remove().size(); i++) {
            Optional<ProductId> id = request.remove().get(i);
            if (id.isEmpty()) {
                continue;
            }
            String pointer = "/remove/" + i;
            Optional<Active> product = active.stream()
                    .filter(present -> present.id().equals(id.get()))
                    .findFirst();
            if (removed.contains(id.get())) {
                violations.add(Violation.pointer(pointer, Violation.Code.REPEATED, id.get() + " is named twice"));
            } else if (product.isEmpty()) {
                violations.add(Violation.pointer(
                        pointer, Violation.Code.NOT_FOUND, "the subscription has no active product " + id.get()));
            } else if (product.get().isPlan() && !planComes) {
                violations.add(Violation.pointer(
                        pointer,
                        Violation.Code.STATE,
                        "a subscription has exactly one plan: add another one, which replaces " + id.get()));
            } else {
                removed.add(id.get());
            }
        }
        return removed;
    }

    private boolean atHlr(Facts facts, Subscription line, List<Service> wanted, List<Violation> violations) {
        List<Service> present = facts.services().getOrDefault(line.id(), List.of());
        Services before = LineActs.of(present);
        Services after = LineActs.of(new ProductChange(List.of(), List.of(), wanted, false).applied(present));
        if (before.equals(after)) {
            return false;
        }
        // How many numbers it has is not changed: one is what every HLR can hold.
        hlr.capabilities()
                .refusal(after, 1)
                .map(code -> Violation.pointer(
                        "/services",
                        Violation.Code.UNSUPPORTED,
                        "the services cannot be so: " + code.text() + " (" + code.code() + ")"))
                .ifPresent(violations::add);
        return line.status() == Subscription.Status.ACTIVE;
    }
}
