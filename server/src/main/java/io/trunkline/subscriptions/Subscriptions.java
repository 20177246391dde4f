package io.trunkline.subscriptions;

import io.trunkline.catalog.OrderTemplate;
import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Eid;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Imsi;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.keys.Vault;
import io.trunkline.network.smdp.ActivationCode;
import io.trunkline.subscribers.Subscribers;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What can be done with subscriptions. The changes take part in the transaction of the order that causes them. */
@Component
public class Subscriptions {
    private static final String CREATE = """
            INSERT INTO subscriptions (organization_id, id, account_id, subscriber_id, status, sms_sender, created_at,
                updated_at)
            VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)""";
    private static final String HOLD_PROFILE = """
            INSERT INTO sim_profiles (organization_id, iccid, subscription_id, imsi, eid, state, state_at,
                sealed_matching_id, held_from)
            VALUES (?, ?, ?, ?, ?, 'reserved', ?, ?, ?)""";
    /** A device can be faster than we are: what its SM-DP+ has reported meanwhile stays. */
    private static final String RELEASE_PROFILE = """
            UPDATE sim_profiles SET state = CASE state WHEN 'reserved' THEN 'released' ELSE state END,
                state_at = CASE state WHEN 'reserved' THEN ? ELSE state_at END, smdp_address = ?
            WHERE organization_id = ? AND subscription_id = ? AND iccid = ? AND held_to IS NULL""";

    private static final String LET_GO_OF_PROFILE = """
            UPDATE sim_profiles SET state = 'deleted', state_at = ?, held_to = ?
            WHERE organization_id = ? AND subscription_id = ? AND iccid = ? AND held_to IS NULL""";
    private static final String SET_STATUS = """
            UPDATE subscriptions SET status = ?, terminated_at = ?, updated_at = ?
            WHERE organization_id = ? AND id = ? AND status = ?""";
    private static final String TERMINATE = """
            UPDATE subscriptions SET status = 'terminated', sms_sender = false, terminated_at = ?, updated_at = ?
            WHERE organization_id = ? AND id = ? AND status IN ('active', 'suspended')""";
    private static final String TERMINATE_PRODUCTS = """
            UPDATE products SET status = 'terminated', terminates_at = ?
            WHERE organization_id = ? AND subscription_id = ? AND status = 'active'""";
    private static final String LET_GO_OF_NUMBERS = """
            UPDATE phone_numbers SET held_to = ?
            WHERE organization_id = ? AND subscription_id = ? AND held_to IS NULL""";
    /** What nobody has installed is of no use any more; what is installed stays on its device. */
    private static final String END_PROFILE = """
            UPDATE sim_profiles SET held_to = ?,
                state_at = CASE state WHEN 'installed' THEN state_at ELSE ? END,
                state = CASE state WHEN 'installed' THEN state ELSE 'deleted' END
            WHERE organization_id = ? AND subscription_id = ? AND held_to IS NULL""";

    private static final String PROFILE_STATE = """
            SELECT state FROM sim_profiles WHERE organization_id = ? AND subscription_id = ? AND iccid = ?
            ORDER BY held_from DESC LIMIT 1""";
    private static final String IMSI = """
            SELECT imsi FROM sim_profiles WHERE organization_id = ? AND subscription_id = ? AND iccid = ?
            ORDER BY held_from DESC LIMIT 1""";
    private static final String HOLD_NUMBER = """
            INSERT INTO phone_numbers (organization_id, msisdn, subscription_id, is_primary, country, held_from)
            VALUES (?, ?, ?, ?, ?, ?)""";
    private static final String ADD_SERVICES = """
            INSERT INTO subscription_services (organization_id, subscription_id, type, enabled)
            SELECT ?, ?, type, type = ANY (?) FROM unnest(?) AS type""";
    static final String ADD_PRODUCT = """
            INSERT INTO products (organization_id, id, subscription_id, account_id, offering_id, status, activated_at)
            VALUES (?, ?, ?, ?, ?, 'active', ?)""";

    private final Database database;
    private final Subscribers subscribers;
    private final Vault vault;
    private final Clock clock;

    Subscriptions(Database database, Subscribers subscribers, Vault vault, Clock clock) {
        this.database = database;
        this.subscribers = subscribers;
        this.vault = vault;
        this.clock = clock;
    }

    Slice.Rows<Subscription> list(OrganizationId organization, SubscriptionStore.Filter filter, Slice slice) {
        return SubscriptionStore.list(database.of(organization), organization, filter, subscribers, slice);
    }

    Optional<Subscription> find(OrganizationId organization, SubscriptionId id) {
        return SubscriptionStore.find(database.of(organization), organization, id);
    }

    /** A new one, as it is ordered. */
    public record New(SubscriptionId id, AccountId account, SubscriberId subscriber, boolean smsSender) {}

    /** New ones, pending until their first orders complete; in one statement. */
    public void create(Sql sql, OrganizationId organization, Collection<New> ordered) {
        Instant now = clock.instant();
        sql.updateAll(
                CREATE,
                ordered.stream()
                        .map(one -> new @Nullable Object[] {
                            organization, one.id(), one.account(), one.subscriber(), one.smsSender(), now, now
                        })
                        .toList());
    }

    /**
     * The profile that the order reserved is this subscription's from now on; its MatchingID is kept sealed.
     *
     * @param eid the device that it is for, where that is known
     */
    public void hold(
            Sql sql,
            OrganizationId organization,
            SubscriptionId id,
            Stock.Profile profile,
            String matchingId,
            Optional<Eid> eid) {
        Instant now = clock.instant();
        byte[] sealed = sealedMatchingId(profile.iccid(), matchingId);
        sql.write(
                HOLD_PROFILE,
                organization,
                profile.iccid().digits(),
                id,
                profile.imsi(),
                eid.map(Eid::digits).orElse(null),
                now,
                sealed,
                now);
    }

    /** As the table keeps it. */
    public byte[] sealedMatchingId(Iccid iccid, String matchingId) {
        return vault.sealText(matchingId, context(iccid));
    }

    /** The MatchingID of one of the profiles that it holds. */
    public String matchingId(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        return opened(iccid, SubscriptionStore.sealedMatchingId(sql, organization, id, iccid));
    }

    /** The profile that the line shows, and has. */
    public Iccid present(Sql sql, OrganizationId organization, SubscriptionId id) {
        SimProfile profile =
                SubscriptionStore.simProfiles(sql, organization, List.of(id)).get(id);
        if (profile == null) {
            throw new IllegalStateException(id + " holds no SIM profile");
        }
        return profile.iccid();
    }

    /** A further profile of a line that has one can be downloaded: it is the one that is shown from now on. */
    public void release(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid, String smdpAddress) {
        sql.write(
                one(id + " does not hold " + iccid),
                RELEASE_PROFILE,
                clock.instant(),
                smdpAddress,
                organization,
                id,
                iccid.digits());
    }

    /** A profile whose place another one has taken is no longer the line's. */
    public void retire(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        Instant now = clock.instant();
        sql.write(END_PROFILE + " AND iccid = ?", now, now, organization, id, iccid.digits());
    }

    /** A profile that the line was to get, and does not get. */
    public void letGo(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        Instant now = clock.instant();
        sql.write(LET_GO_OF_PROFILE, now, now, organization, id, iccid.digits());
    }

    /** In which state a profile is that the subscription holds, or held. */
    public SimProfile.State state(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        return sql.one(PROFILE_STATE, row -> SimProfile.State.of(row.text("state")), organization, id, iccid.digits())
                .orElseThrow(() -> new IllegalStateException(id + " has never held " + iccid));
    }

    /**
     * The profile that a subscription shows, with its activation code.
     *
     * @param code empty before its release and once used up
     */
    public record Shown(Iccid iccid, Optional<ActivationCode> code) {}

    /** The profile that the subscription shows; empty where it never had one. */
    public Optional<Shown> shown(Sql sql, OrganizationId organization, SubscriptionId id) {
        return SubscriptionStore.shownCode(sql, organization, id).map(kept -> new Shown(kept.iccid(), code(kept)));
    }

    private Optional<ActivationCode> code(SubscriptionStore.SealedCode kept) {
        return kept.state().hasCode()
                ? kept.smdpAddress()
                        .map(address -> ActivationCode.of(address, opened(kept.iccid(), kept.sealedMatchingId())))
                : Optional.empty();
    }

    private String opened(Iccid iccid, Optional<byte[]> kept) {
        return kept.map(cipher -> vault.openText(cipher, context(iccid)))
                .orElseThrow(() -> new IllegalStateException(iccid + " has no MatchingID"));
    }

    /** The profiles that these subscriptions hold, in one statement. */
    public Map<SubscriptionId, SimProfile> simProfiles(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return SubscriptionStore.simProfiles(sql, organization, ids);
    }

    /** Everything of the line starts: profile, numbers, services, products. */
    public void activate(
            Sql sql,
            OrganizationId organization,
            AccountId account,
            SubscriptionId id,
            Iccid iccid,
            String smdpAddress,
            List<PhoneNumber> numbers,
            OrderTemplate template) {
        Instant now = clock.instant();
        sql.write(one(id + " is no longer pending"), SET_STATUS, "active", null, now, organization, id, "pending");
        sql.write(
                one(id + " does not hold " + iccid),
                RELEASE_PROFILE,
                now,
                smdpAddress,
                organization,
                id,
                iccid.digits());
        sql.updateAll(
                HOLD_NUMBER,
                numbers.stream()
                        .map(number -> new @Nullable Object[] {
                            organization, number.msisdn().digits(), id, number.isPrimary(), number.country(), now
                        })
                        .toList());
        sql.write(
                ADD_SERVICES,
                organization,
                id,
                types(template.services().stream().filter(OrderTemplate.Service::enabled)),
                types(template.services().stream()));
        sql.updateAll(
                ADD_PRODUCT,
                template.offerings().stream()
                        .map(offering -> new @Nullable Object[] {
                            organization, ProductId.create(now), id, account, offering.id(), now
                        })
                        .toList());
    }

    private static String[] types(Stream<OrderTemplate.Service> services) {
        return services.map(OrderTemplate.Service::type).toArray(String[]::new);
    }

    /** Its services stay what they are: they count again once it is resumed. */
    public void suspend(Sql sql, OrganizationId organization, SubscriptionId id) {
        setStatus(sql, organization, id, "active", "suspended");
    }

    /** What was suspended is active again. */
    public void resume(Sql sql, OrganizationId organization, SubscriptionId id) {
        setStatus(sql, organization, id, "suspended", "active");
    }

    private void setStatus(Sql sql, OrganizationId organization, SubscriptionId id, String from, String to) {
        sql.write(one(id + " is no longer " + from), SET_STATUS, to, null, clock.instant(), organization, id, from);
    }

    /** The line ends: its products, its hold on number and SIM profile, and the right to send messages. */
    public void terminate(Sql sql, OrganizationId organization, SubscriptionId id) {
        Instant now = clock.instant();
        sql.write(one(id + " is neither active nor suspended"), TERMINATE, now, now, organization, id);
        sql.write(TERMINATE_PRODUCTS, now, organization, id);
        sql.write(LET_GO_OF_NUMBERS, now, organization, id);
        sql.write(END_PROFILE, now, now, organization, id);
    }

    /** The IMSI of a profile that the subscription holds, or held. */
    public Imsi imsi(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        return sql.one(IMSI, row -> new Imsi(row.text("imsi")), organization, id, iccid.digits())
                .orElseThrow(() -> new IllegalStateException(id + " has never held " + iccid));
    }

    /** Which services the subscription has, and whether they are switched on. */
    public List<Service> services(Sql sql, OrganizationId organization, SubscriptionId id) {
        return SubscriptionStore.services(sql, organization, List.of(id)).getOrDefault(id, List.of());
    }

    /** The numbers that it shows. */
    public List<PhoneNumber> phoneNumbers(Sql sql, OrganizationId organization, SubscriptionId id) {
        return SubscriptionStore.phoneNumbers(sql, organization, List.of(id)).getOrDefault(id, List.of());
    }

    /** A pending one whose order is canceled never becomes a line. */
    public void abandon(Sql sql, OrganizationId organization, SubscriptionId id, Optional<Iccid> iccid) {
        Instant now = clock.instant();
        iccid.ifPresent(held -> sql.write(LET_GO_OF_PROFILE, now, now, organization, id, held.digits()));
        sql.write(one(id + " is no longer pending"), SET_STATUS, "terminated", now, now, organization, id, "pending");
    }

    /** Within the caller's transaction. */
    public Optional<Subscription> find(Sql sql, OrganizationId organization, SubscriptionId id) {
        return SubscriptionStore.find(sql, organization, id);
    }

    /** Those of these ids, in one statement. */
    public List<Subscription> all(Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return SubscriptionStore.all(sql, organization, ids);
    }

    /** Which services these subscriptions have, in one statement. */
    public Map<SubscriptionId, List<Service>> services(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return SubscriptionStore.services(sql, organization, ids);
    }

    /** The numbers that these subscriptions show, in one statement. */
    public Map<SubscriptionId, List<PhoneNumber>> phoneNumbers(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return SubscriptionStore.phoneNumbers(sql, organization, ids);
    }

    /** One that is surely there. */
    public Subscription get(Sql sql, OrganizationId organization, SubscriptionId id) {
        return find(sql, organization, id)
                .orElseThrow(() -> new IllegalStateException("there is no subscription " + id));
    }

    private static IntConsumer one(String otherwise) {
        return changed -> {
            if (changed != 1) {
                throw new IllegalStateException(otherwise);
            }
        };
    }

    private static String context(Iccid iccid) {
        return "sim_profiles/" + iccid;
    }
}
