package io.trunkline.orders;

import io.trunkline.ids.OfferingId;
import io.trunkline.ids.ProductId;
import io.trunkline.subscriptions.Service;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a request says of products and services. Entries keep their place, which a violation names.
 *
 * @param add offerings; one that is not valid is absent at its place
 * @param remove products; the same
 */
record ProductRequest(List<Optional<OfferingId>> add, List<Optional<ProductId>> remove, List<Service> services) {
    private static final Shape.Length COUNT = new Shape.Length(1, 20);
    private static final Shape.Length ID = new Shape.Length(1, 64);
    private static final String[] SERVICES = {"voice", "sms", "data", "voice_recording", "sms_recording"};

    static ProductRequest read(Shape order) {
        boolean any = order.has("add") || order.has("remove") || order.has("services");
        if (!any) {
            order.refuse("add", Violation.Code.REQUIRED, "at least one of add, remove and services is required");
        }
        return new ProductRequest(
                ids(order, "add", "^prodoff_[0-9A-Z]{26}$", OfferingId::parse),
                ids(order, "remove", "^prod_[0-9A-Z]{26}$", ProductId::parse),
                services(order));
    }

    /** Of a valid request, what it names: what follows from it is worked out when the order starts. */
    ProductChange asAsked() {
        return new ProductChange(
                add.stream().flatMap(Optional::stream).toList(),
                remove.stream().flatMap(Optional::stream).toList(),
                services,
                false);
    }

    /** The request that was kept so. */
    static ProductRequest of(ProductChange asked) {
        return new ProductRequest(
                asked.add().stream().map(Optional::of).toList(),
                asked.remove().stream().map(Optional::of).toList(),
                asked.services());
    }

    private static <T> List<Optional<T>> ids(
            Shape order, String name, String pattern, Function<String, Optional<T>> reader) {
        return order
                .texts(
                        name,
                        false,
                        COUNT,
                        ID,
                        text -> reader.apply(text).isPresent()
                                ? Optional.empty()
                                : Optional.of("expected an id that matches " + pattern))
                .orElse(List.of())
                .stream()
                .map(reader)
                .toList();
    }

    private static List<Service> services(Shape order) {
        var services = new ArrayList<Service>();
        var named = new HashSet<String>();
        for (Shape entry : order.objects("services", false, COUNT).orElse(List.of())) {
            Optional<String> type = entry.oneOf("type", true, SERVICES);
            Optional<Boolean> enabled = entry.bool("enabled", true);
            entry.end();
            type.filter(name -> !named.add(name))
                    .ifPresent(name ->
                            entry.refuse("type", Violation.Code.REPEATED, "the service " + name + " is named twice"));
            if (type.isPresent() && enabled.isPresent()) {
                services.add(new Service(type.get(), enabled.get()));
            }
        }
        return List.copyOf(services);
    }
}
