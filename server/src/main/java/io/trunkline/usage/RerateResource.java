package io.trunkline.usage;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.Exchange;
import io.trunkline.web.Parameters;
import io.trunkline.web.Violation;
import java.time.Instant;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Usage is rated again, e.g. after a tariff was corrected. */
@RestController
@Needs(Licence.OPERATOR)
class RerateResource {
    private static final String FROM = "from";

    private final Reratings reratings;

    RerateResource(Reratings reratings) {
        this.reratings = reratings;
    }

    @PostMapping("/operator/usage/rerate")
    ResponseEntity<byte[]> rerate(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<SubscriptionId> line =
                parameters.matching("subscription-id", "^sub_[0-9A-Z]{26}$", SubscriptionId::parse);
        Optional<AccountId> account = parameters.matching("account-id", "^acc_[0-9A-Z]{26}$", AccountId::parse);
        Optional<Instant> from = parameters.matching(
                FROM, "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$", FeedTimes::read);
        Instant open = reratings.firstOpen();
        if (from.isEmpty()) {
            parameters.refuse(FROM, Violation.Code.REQUIRED, "from when on usage is rated again is needed");
        } else if (from.get().isBefore(open)) {
            parameters.refuse(
                    FROM, Violation.Code.STATE, from.get() + " is in a closed month; expected " + open + " or later");
        }
        if (line.isPresent() == account.isPresent()) {
            parameters.refuse(
                    "subscription-id", Violation.Code.MISMATCH, "either a subscription-id or an account-id is needed");
        }
        parameters.check();
        Optional<Reratings.Lines> lines =
                line.isPresent() ? reratings.line(line.get()) : reratings.account(account.orElseThrow());
        if (lines.isEmpty()) {
            parameters.refuse(
                    line.isPresent() ? "subscription-id" : "account-id",
                    Violation.Code.NOT_FOUND,
                    "there is no such line");
            parameters.check();
        }
        Optional<Rerating.Outcome> outcome =
                reratings.rate(lines.orElseThrow(), from.orElseThrow(), caller, exchange.correlationId());
        if (outcome.isEmpty()) {
            parameters.refuse(
                    FROM,
                    Violation.Code.RANGE,
                    "there are more than " + Reratings.MOST_ITEMS + " items from then on: expected a later moment");
            parameters.check();
        }
        return exchange.changed(
                json -> json.number("records", outcome.orElseThrow().records())
                        .number("changed", outcome.orElseThrow().changed())
                        .number("removed", outcome.orElseThrow().removed())
                        .number("quarantined", outcome.orElseThrow().refused()));
    }
}
