package io.trunkline.subscriptions;

import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.ids.Msisdn;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Who holds a number now. */
@Component
public class NumberHolders {
    private static final String HOLDER = """
            SELECT n.organization_id, n.subscription_id, s.subscriber_id, s.status, s.sms_sender
            FROM phone_numbers n
            JOIN subscriptions s ON s.organization_id = n.organization_id AND s.id = n.subscription_id
            WHERE n.held_to IS NULL AND n.msisdn = ?""";

    /**
     * A line and the number that it holds.
     *
     * @param smsSender whether the number may be the sender of texts
     */
    public record Holder(
            OrganizationId organization,
            SubscriptionId subscription,
            SubscriberId person,
            Subscription.Status status,
            boolean smsSender) {}

    /** Empty where no line of the organization holds the number. */
    public Optional<Holder> in(Sql sql, OrganizationId organization, Msisdn number) {
        return sql.one(HOLDER + " AND n.organization_id = ?", NumberHolders::read, number.digits(), organization);
    }

    /** Of all organizations; as the owner. */
    public Optional<Holder> anywhere(Sql owner, Msisdn number) {
        return owner.one(HOLDER, NumberHolders::read, number.digits());
    }

    private static Holder read(Row row) throws SQLException {
        return new Holder(
                new OrganizationId(row.uuid("organization_id")),
                new SubscriptionId(row.uuid("subscription_id")),
                new SubscriberId(row.uuid("subscriber_id")),
                Subscription.Status.of(row.text("status")),
                row.bool("sms_sender"));
    }
}
