package io.trunkline.subscriptions;

import io.trunkline.catalog.OrderTemplate;
import io.trunkline.database.Sql;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.keys.Vault;
import io.trunkline.network.hlr.SimKeys;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The operator's stock of numbers and SIM profiles. What is taken is taken for one order, in its transaction; orders
 * that run side by side skip each other's rows and never wait.
 */
@Component
public class Stock {
    /** A range of one type, so that only the index of what is free gives the order: others pass all that is used. */
    static final String TAKE_PROFILE = """
            UPDATE profile_stock
            SET state = 'reserved', organization_id = ?, order_id = ?, subscription_id = ?, changed_at = ?
            WHERE iccid = (SELECT iccid FROM profile_stock WHERE profile_type BETWEEN ? AND ? AND state = 'free'
                           ORDER BY profile_type, iccid LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING iccid, imsi, profile_type""";

    static final String TAKE_NUMBERS = """
            UPDATE number_stock
            SET state = 'reserved', organization_id = ?, order_id = ?, subscription_id = ?, changed_at = ?
            WHERE msisdn = ANY (ARRAY(SELECT msisdn FROM number_stock WHERE country BETWEEN ? AND ? AND state = 'free'
                             ORDER BY country, msisdn LIMIT ? FOR UPDATE SKIP LOCKED))
            RETURNING msisdn, country""";
    private static final String USE_PROFILE =
            "UPDATE profile_stock SET state = 'in_use', changed_at = ? WHERE order_id = ? AND state = 'reserved'";
    private static final String USE_NUMBERS =
            "UPDATE number_stock SET state = 'in_use', changed_at = ? WHERE order_id = ? AND state = 'reserved'";
    private static final String FREE_PROFILE = """
            UPDATE profile_stock SET state = 'free', organization_id = NULL, order_id = NULL, subscription_id = NULL,
                changed_at = ?
            WHERE order_id = ? AND state = ANY (?)""";
    private static final String FREE_NUMBERS = """
            UPDATE number_stock SET state = 'free', organization_id = NULL, order_id = NULL, subscription_id = NULL,
                changed_at = ?
            WHERE order_id = ? AND state = ANY (?)""";
    private static final String PARK_PROFILE =
            "UPDATE profile_stock SET state = 'in_doubt', changed_at = ? WHERE order_id = ? AND state = 'reserved'";
    private static final String PARK_USED_PROFILE =
            "UPDATE profile_stock SET state = 'in_doubt', changed_at = ? WHERE order_id = ? AND state = 'in_use'";
    private static final String PARK_NUMBERS =
            "UPDATE number_stock SET state = 'in_doubt', changed_at = ? WHERE order_id = ? AND state = 'reserved'";
    private static final String RETIRE_PROFILE =
            "UPDATE profile_stock SET state = 'retired', changed_at = ? WHERE order_id = ? AND state <> 'in_use'";
    private static final String USED_UP =
            "UPDATE profile_stock SET state = 'retired', changed_at = ? WHERE iccid = ? AND state = 'in_use'";
    private static final String QUARANTINE = """
            UPDATE number_stock SET state = 'quarantined', changed_at = ?
            WHERE msisdn = ANY (?) AND state = 'in_use'""";
    private static final String QUARANTINE_OF_ORDER = """
            UPDATE number_stock SET state = 'quarantined', changed_at = ?
            WHERE order_id = ? AND state IN ('reserved', 'in_doubt')""";
    private static final String KEYS = "SELECT sealed_keys FROM profile_stock WHERE iccid = ?";
    /** Ki and OPc have 128 bits each (3GPP TS 35.205 2.3, 8.2). */
    private static final int KEY_BYTES = 16;

    private final Vault vault;
    private final Clock clock;

    Stock(Vault vault, Clock clock) {
        this.vault = vault;
        this.clock = clock;
    }

    /** A SIM profile of the stock. */
    public record Profile(Iccid iccid, String imsi, String profileType) {}

    /** What an order gets. */
    public sealed interface Reservation {
        /** All that the template asks for. */
        record Made(Profile profile, List<PhoneNumber> numbers) implements Reservation {}

        /** Something has run out; the transaction is to be rolled back, so that nothing is held. */
        record Exhausted(String what) implements Reservation {}
    }

    /** Takes one profile and the numbers that the template asks for. */
    public Reservation reserve(
            Sql sql, OrganizationId organization, OrderId order, SubscriptionId subscription, OrderTemplate template) {
        Optional<Profile> profile = reserveProfile(sql, organization, order, subscription, template.profileType());
        if (profile.isEmpty()) {
            return new Reservation.Exhausted("no SIM profile of type " + template.profileType() + " is left");
        }
        var numbers = new ArrayList<PhoneNumber>();
        for (OrderTemplate.Numbers wanted : template.phoneNumbers()) {
            List<Msisdn> taken = sql.list(
                    TAKE_NUMBERS,
                    row -> new Msisdn(row.text("msisdn")),
                    organization,
                    order,
                    subscription,
                    clock.instant(),
                    wanted.country(),
                    wanted.country(),
                    wanted.count());
            if (taken.size() < wanted.count()) {
                return new Reservation.Exhausted("no number of " + wanted.country() + " is left");
            }
            for (int i = 0; i < taken.size(); i++) {
                numbers.add(new PhoneNumber(taken.get(i), wanted.isPrimary() && i == 0, wanted.country()));
            }
        }
        return new Reservation.Made(profile.get(), List.copyOf(numbers));
    }

    /** Takes one profile of the type. */
    public Optional<Profile> reserveProfile(
            Sql sql, OrganizationId organization, OrderId order, SubscriptionId subscription, String profileType) {
        return sql.one(
                TAKE_PROFILE,
                row -> new Profile(new Iccid(row.text("iccid")), row.text("imsi"), row.text("profile_type")),
                organization,
                order,
                subscription,
                clock.instant(),
                profileType,
                profileType);
    }

    /** What the order holds is in use. */
    public void use(Sql sql, OrderId order) {
        sql.write(USE_PROFILE, clock.instant(), order);
        sql.write(USE_NUMBERS, clock.instant(), order);
    }

    /** What the order has reserved, or what was parked of it, is free again: no neighbour has it. */
    public void free(Sql sql, OrderId order) {
        String[] states = {"reserved", "in_doubt"};
        sql.write(FREE_PROFILE, clock.instant(), order, states);
        sql.write(FREE_NUMBERS, clock.instant(), order, states);
    }

    /** The numbers that the order has reserved may have been somebody's for a moment, or are another's. */
    public void quarantineNumbers(Sql sql, OrderId order) {
        sql.write(QUARANTINE_OF_ORDER, clock.instant(), order);
    }

    /** A line has ended: its profile is used up, its numbers rest before they are given to somebody else. */
    public void retire(Sql sql, Iccid iccid, List<PhoneNumber> numbers) {
        Instant now = clock.instant();
        sql.write(USED_UP, now, iccid.digits());
        String[] digits =
                numbers.stream().map(number -> number.msisdn().digits()).toArray(String[]::new);
        sql.write(QUARANTINE, now, digits);
    }

    /** A neighbour may still have what the order holds: it is parked until the neighbour confirms that it has not. */
    public void park(Sql sql, OrderId order) {
        sql.write(PARK_PROFILE, clock.instant(), order);
        sql.write(PARK_NUMBERS, clock.instant(), order);
    }

    /** A profile that was given out is taken back: parked until the neighbours confirm that they have it no more. */
    public void parkUsedProfile(Sql sql, OrderId order) {
        sql.write(PARK_USED_PROFILE, clock.instant(), order);
    }

    /** The profile is at fault and must not be given out again. */
    public void retireProfile(Sql sql, OrderId order) {
        sql.write(RETIRE_PROFILE, clock.instant(), order);
    }

    /** The keys of a profile of the stock, secrets; empty where the stock has it without them, or does not have it. */
    public Optional<SimKeys> keys(Sql sql, Iccid iccid) {
        return sql.list(KEYS, row -> Optional.ofNullable(row.bytesOrNull("sealed_keys")), iccid.digits()).stream()
                .flatMap(Optional::stream)
                .findFirst()
                .map(both -> opened(iccid, both));
    }

    /** As the table keeps them: bound to this profile. */
    public byte[] sealedKeys(Iccid iccid, SimKeys keys) {
        return vault.seal(HexFormat.of().parseHex(keys.ki() + keys.opc()), context(iccid));
    }

    private SimKeys opened(Iccid iccid, byte[] closed) {
        byte[] both = vault.open(closed, context(iccid));
        HexFormat hex = HexFormat.of();
        return new SimKeys(hex.formatHex(both, 0, KEY_BYTES), hex.formatHex(both, KEY_BYTES, both.length));
    }

    private static String context(Iccid iccid) {
        return "profile_stock/" + iccid;
    }
}
