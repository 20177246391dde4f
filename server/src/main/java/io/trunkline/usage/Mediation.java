package io.trunkline.usage;

import io.trunkline.rating.Chargeable;
import io.trunkline.rating.Holding;
import io.trunkline.rating.Tariff;
import io.trunkline.rating.Zones;
import io.trunkline.usage.UsageItem.Direction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes of a record what can be rated: whose it is, where it was, what it was recorded by. */
final class Mediation {
    private final FeedLookups lookups;
    private final Zones zones;

    Mediation(FeedLookups lookups, Zones zones) {
        this.lookups = lookups;
        this.zones = zones;
    }

    /** What a record is. */
    sealed interface Mediated {
        /** A record that can be rated. */
        record Rateable(
                FeedRecord record,
                FeedLookups.Line line,
                Chargeable usage,
                UsageItem.Event event,
                Holding plan,
                List<Holding> products)
                implements Mediated {}

        record Refused(FeedReason reason) implements Mediated {}
    }

    Mediated mediate(FeedRecord record) {
        return switch (lookups.find(record)) {
            case FeedLookups.Found.Nobody(FeedReason reason) -> new Mediated.Refused(reason);
            case FeedLookups.Found.Of(FeedLookups.Line line) -> mediate(record, line);
        };
    }

    private Mediated mediate(FeedRecord record, FeedLookups.Line line) {
        List<Holding> products = line.productsAt(record.startedAt());
        List<Holding> plans =
                products.stream().filter(product -> product.terms().plan()).toList();
        if (plans.size() != 1) {
            return new Mediated.Refused(FeedReason.NO_PRODUCT);
        }
        boolean onNet =
                record.otherNumber() && lookups.isOf(line.organization(), record.otherParty(), record.startedAt());
        UsageItem.Event event = event(record, line);
        return new Mediated.Rateable(
                record, line, chargeable(event, onNet, record.partial()), event, plans.getFirst(), products);
    }

    /** As rating sees it. */
    private Chargeable chargeable(UsageItem.Event event, boolean onNet, int partial) {
        return chargeable(zones, event, onNet, partial > 1);
    }

    static Chargeable chargeable(Zones zones, UsageItem.Event event, boolean onNet, boolean continued) {
        boolean outbound = event.direction() == Direction.OUTBOUND && event.type() != UsageItem.Type.DATA;
        String address = event.otherAddress();
        Long number = event.otherNumber();
        String called = number != null ? number.toString() : FeedValues.digits(address == null ? "" : address);
        return new Chargeable(
                type(event.type()),
                event.direction() == Direction.OUTBOUND ? Tariff.Direction.OUTBOUND : Tariff.Direction.INBOUND,
                event.startedAt(),
                event.quantity(),
                continued,
                zones.of(event.country()),
                outbound && number != null ? zones.of(Countries.ofNumber(called).orElse(null)) : Optional.empty(),
                outbound && zones.isEmergency(called),
                onNet);
    }

    private static Tariff.Type type(UsageItem.Type type) {
        return switch (type) {
            case VOICE -> Tariff.Type.VOICE;
            case DATA -> Tariff.Type.DATA;
            case SMS -> Tariff.Type.SMS;
        };
    }

    private UsageItem.Event event(FeedRecord record, FeedLookups.Line line) {
        Instant at = record.startedAt();
        Long own =
                record.msisdn().map(Long::valueOf).or(() -> line.numberAt(at)).orElse(null);
        boolean recorded = switch (record.type()) {
            case VOICE -> line.hadService("voice_recording", at);
            case SMS -> line.hadService("sms_recording", at);
            case DATA -> false;
        };
        return new UsageItem.Event(
                record.type(),
                record.direction(),
                record.technology(),
                own,
                record.otherNumber() ? Long.valueOf(record.otherParty()) : null,
                record.otherNumber() || record.otherParty().isEmpty() ? null : record.otherParty(),
                record.country(),
                zones.isRoaming(record.country()),
                recorded,
                at,
                record.endedAt(),
                record.quantity());
    }
}
