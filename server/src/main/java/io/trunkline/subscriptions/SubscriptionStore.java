package io.trunkline.subscriptions;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import io.trunkline.database.Row;
import io.trunkline.database.Select;
import io.trunkline.database.Slice;
import io.trunkline.database.Sql;
import io.trunkline.ids.AccountId;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.subscribers.Subscribers;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The reads of the room. Numbers and profiles have history: shown are those of now, or of a line's end. */
final class SubscriptionStore {
    /** With LIMIT: an EXISTS among the columns may be answered by a hash of all profiles there are. */
    private static final String SUBSCRIPTION = """
            SELECT id, account_id, subscriber_id, status, created_at, terminated_at,
                (SELECT true FROM sim_profiles p WHERE p.organization_id = subscriptions.organization_id
                     AND p.subscription_id = subscriptions.id LIMIT 1) IS TRUE AS has_sim_profile
            FROM subscriptions
            WHERE organization_id = ?""";

    /** What a line holds goes before what it held, the newer before the older; what is but reserved is last. */
    private static final String SHOWN_FIRST = "held_to DESC NULLS FIRST, (state = 'reserved'), held_from DESC";

    private static final String SIM_PROFILES = """
            SELECT DISTINCT ON (subscription_id) subscription_id, iccid, eid, state, state_at, smdp_address,
                (SELECT older.iccid FROM sim_profiles older
                 WHERE older.organization_id = p.organization_id AND older.subscription_id = p.subscription_id
                     AND older.held_to IS NULL AND p.held_to IS NULL AND older.held_from < p.held_from
                 ORDER BY older.held_from DESC LIMIT 1) AS previous
            FROM sim_profiles p
            WHERE organization_id = ? AND subscription_id = ANY (?)
            ORDER BY subscription_id,\s""" + SHOWN_FIRST;
    private static final String SIM_PROFILE = """
            SELECT subscription_id, iccid, eid, state, state_at, smdp_address, NULL AS previous
            FROM sim_profiles
            WHERE organization_id = ? AND subscription_id = ? AND iccid = ?
            ORDER BY held_from DESC LIMIT 1""";
    private static final String MATCHING_ID = """
            SELECT sealed_matching_id FROM sim_profiles
            WHERE organization_id = ? AND subscription_id = ? AND iccid = ?
            ORDER BY held_from DESC LIMIT 1""";
    private static final String SHOWN_CODE = """
            SELECT iccid, state, smdp_address, sealed_matching_id FROM sim_profiles
            WHERE organization_id = ? AND subscription_id = ?
            ORDER BY\s""" + SHOWN_FIRST + " LIMIT 1";
    private static final String PHONE_NUMBERS = """
            SELECT n.subscription_id, n.msisdn, n.is_primary, n.country
            FROM phone_numbers n
            JOIN subscriptions s ON s.organization_id = n.organization_id AND s.id = n.subscription_id
            WHERE n.organization_id = ? AND n.subscription_id = ANY (?)
                AND (n.held_to IS NULL OR n.held_to = s.terminated_at)
            ORDER BY n.subscription_id, n.is_primary DESC, n.msisdn""";
    private static final String SERVICES = """
            SELECT subscription_id, type, enabled FROM subscription_services
            WHERE organization_id = ? AND subscription_id = ANY (?)
            ORDER BY subscription_id,
                array_position(ARRAY['voice', 'sms', 'data', 'voice_recording', 'sms_recording'], type)""";

    /** Those that show a number: that hold it, or held it when they ended. */
    private static final String BY_NUMBER = """
            SELECT n.subscription_id FROM phone_numbers n
            JOIN subscriptions line ON line.organization_id = n.organization_id AND line.id = n.subscription_id
            WHERE n.organization_id = ? AND (n.held_to IS NULL OR n.held_to = line.terminated_at)""";
    /** Those that show a profile. */
    private static final String BY_PROFILE = """
            SELECT p.subscription_id FROM sim_profiles p
            WHERE p.organization_id = ? AND p.held_from = (
                SELECT held_from FROM sim_profiles shown
                WHERE shown.organization_id = p.organization_id AND shown.subscription_id = p.subscription_id
                ORDER BY\s""" + SHOWN_FIRST + " LIMIT 1)";

    private static final Pattern DIGITS = Pattern.compile("\\d{1,20}");
    /** Past the longest number or ICCID, so that digits that begin alike lie between the two ends of a range. */
    private static final String NINES = "9".repeat(22);

    private SubscriptionStore() {}

    /**
     * Which subscriptions a list holds.
     *
     * @param search how a number, an ICCID, or the name or address of the person begins
     */
    record Filter(
            Optional<Subscription.Status> status,
            Optional<AccountId> account,
            Optional<SubscriberId> subscriber,
            Optional<Msisdn> msisdn,
            Optional<String> iccid,
            Optional<String> search) {}

    static Slice.Rows<Subscription> list(
            Sql sql, OrganizationId organization, Filter filter, Subscribers people, Slice slice) {
        Select select = new Select(SUBSCRIPTION, organization)
                .andIf("account_id = ?", filter.account())
                .andIf("subscriber_id = ?", filter.subscriber());
        filter.msisdn()
                .ifPresent(msisdn ->
                        select.andIn("id", new Select(BY_NUMBER, organization).and("n.msisdn = ?", msisdn.digits())));
        filter.iccid()
                .ifPresent(iccid -> select.andIn("id", new Select(BY_PROFILE, organization).and("p.iccid = ?", iccid)));
        filter.search().ifPresent(prefix -> select.andIn("id", beginning(organization, prefix, people)));
        filter.status()
                .ifPresentOrElse(
                        status -> select.and("status = ?", status.text()), () -> select.and("status <> 'pending'"));
        return slice.read(sql, select, "id", false, SubscriptionStore::read);
    }

    private static Select[] beginning(OrganizationId organization, String prefix, Subscribers people) {
        Select byPerson = new Select("SELECT id FROM subscriptions WHERE organization_id = ?", organization)
                .andIn("subscriber_id", people.called(organization, prefix));
        String digits = prefix.startsWith("+") ? prefix.substring(1) : prefix;
        if (!DIGITS.matcher(digits).matches()) {
            return new Select[] {byPerson};
        }
        return new Select[] {
            byPerson,
            new Select(BY_NUMBER, organization).and("n.msisdn BETWEEN ? AND ?", digits, digits + NINES),
            new Select(BY_PROFILE, organization).and("p.iccid BETWEEN ? AND ?", digits, digits + NINES)
        };
    }

    static Optional<Subscription> find(Sql sql, OrganizationId organization, SubscriptionId id) {
        return sql.one(SUBSCRIPTION + " AND id = ?", SubscriptionStore::read, organization, id);
    }

    static List<Subscription> all(Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return sql.list(SUBSCRIPTION + " AND id = ANY (?)", SubscriptionStore::read, organization, values(ids));
    }

    static Map<SubscriptionId, SimProfile> simProfiles(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return sql.list(SIM_PROFILES, SubscriptionStore::readProfile, organization, values(ids)).stream()
                .collect(toMap(SimProfile::subscription, profile -> profile));
    }

    /** A profile that the subscription holds, or held. */
    static Optional<SimProfile> simProfile(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        return sql.one(SIM_PROFILE, SubscriptionStore::readProfile, organization, id, iccid.digits());
    }

    static Optional<byte[]> sealedMatchingId(Sql sql, OrganizationId organization, SubscriptionId id, Iccid iccid) {
        return sql.one(MATCHING_ID, row -> row.bytes("sealed_matching_id"), organization, id, iccid.digits());
    }

    /** What the activation code of a profile is made of. */
    record SealedCode(
            Iccid iccid, SimProfile.State state, Optional<String> smdpAddress, Optional<byte[]> sealedMatchingId) {}

    /** Of the profile that the subscription shows. */
    static Optional<SealedCode> shownCode(Sql sql, OrganizationId organization, SubscriptionId id) {
        return sql.one(
                SHOWN_CODE,
                row -> new SealedCode(
                        new Iccid(row.text("iccid")),
                        SimProfile.State.of(row.text("state")),
                        Optional.ofNullable(row.textOrNull("smdp_address")),
                        Optional.ofNullable(row.bytesOrNull("sealed_matching_id"))),
                organization,
                id);
    }

    static Map<SubscriptionId, List<PhoneNumber>> phoneNumbers(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return owned(sql.list(
                PHONE_NUMBERS,
                row -> new Owned<>(
                        new SubscriptionId(row.uuid("subscription_id")),
                        new PhoneNumber(new Msisdn(row.text("msisdn")), row.bool("is_primary"), row.text("country"))),
                organization,
                values(ids)));
    }

    static Map<SubscriptionId, List<Service>> services(
            Sql sql, OrganizationId organization, Collection<SubscriptionId> ids) {
        return owned(sql.list(
                SERVICES,
                row -> new Owned<>(
                        new SubscriptionId(row.uuid("subscription_id")),
                        new Service(row.text("type"), row.bool("enabled"))),
                organization,
                values(ids)));
    }

    private record Owned<T>(SubscriptionId owner, T thing) {}

    private static <T> Map<SubscriptionId, List<T>> owned(List<Owned<T>> rows) {
        return rows.stream().collect(groupingBy(Owned::owner, mapping(Owned::thing, toList())));
    }

    private static UUID[] values(Collection<SubscriptionId> ids) {
        return ids.stream().map(SubscriptionId::value).toArray(UUID[]::new);
    }

    private static Subscription read(Row row) throws SQLException {
        return new Subscription(
                new SubscriptionId(row.uuid("id")),
                new AccountId(row.uuid("account_id")),
                new SubscriberId(row.uuid("subscriber_id")),
                Subscription.Status.of(row.text("status")),
                row.instant("created_at"),
                Optional.ofNullable(row.instantOrNull("terminated_at")),
                row.bool("has_sim_profile"));
    }

    private static SimProfile readProfile(Row row) throws SQLException {
        return new SimProfile(
                new Iccid(row.text("iccid")),
                new SubscriptionId(row.uuid("subscription_id")),
                Optional.ofNullable(row.textOrNull("eid")),
                SimProfile.State.of(row.text("state")),
                row.instant("state_at"),
                Optional.ofNullable(row.textOrNull("smdp_address")),
                Optional.ofNullable(row.textOrNull("previous")).map(Iccid::new));
    }
}
