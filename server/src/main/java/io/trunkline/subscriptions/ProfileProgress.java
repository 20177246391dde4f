package io.trunkline.subscriptions;

import io.trunkline.database.Database;
import io.trunkline.database.Row;
import io.trunkline.database.Sql;
import io.trunkline.events.Events;
import io.trunkline.ids.Iccid;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.network.smdp.DownloadProgress;
import io.trunkline.network.smdp.ProgressListener;
import io.trunkline.security.Audit;
import io.trunkline.web.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Moves a SIM profile on as the SM-DP+ tells it: {@code released → downloaded → installed | error | deleted}. */
@Component
@Order(ProfileProgress.POSITION)
class ProfileProgress implements ProgressListener {
    /** Before listeners that act upon what the profile is then. */
    static final int POSITION = 0;

    private static final Logger log = LoggerFactory.getLogger(ProfileProgress.class);
    private static final String ACTOR = "smdp";
    private static final String HELD = """
            SELECT organization_id, subscription_id, state, state_at FROM sim_profiles
            WHERE iccid = ? AND held_to IS NULL
            FOR UPDATE""";
    private static final String MOVE = """
            UPDATE sim_profiles SET state = ?, state_at = ?, eid = COALESCE(?, eid)
            WHERE organization_id = ? AND iccid = ? AND held_to IS NULL""";

    private final Database database;
    private final Events events;
    private final Audit audit;
    private final Clock clock;

    ProfileProgress(Database database, Events events, Audit audit, Clock clock) {
        this.database = database;
        this.events = events;
        this.audit = audit;
        this.clock = clock;
    }

    private record Held(
            OrganizationId organization, SubscriptionId subscription, SimProfile.State state, Instant stateAt) {}

    @Override
    public void progressed(DownloadProgress progress) {
        Optional<SimProfile.State> reached = progress.reached().map(ProfileProgress::state);
        if (reached.isEmpty()) {
            return;
        }
        // A clock ahead of ours is no reason to say that something has yet to happen.
        Instant now = clock.instant();
        Instant at = progress.at().isAfter(now) ? now : progress.at();
        boolean known = database.inOwnerTransaction(sql -> {
            Optional<Held> held =
                    sql.one(HELD, ProfileProgress::read, progress.iccid().digits());
            held.ifPresent(profile -> take(sql, profile, reached.get(), at, progress));
            return held.isPresent();
        });
        if (!known) {
            log.info("An SM-DP+ reported {} of the profile {}, which nobody holds", reached.get(), progress.iccid());
        }
    }

    private void take(Sql sql, Held profile, SimProfile.State told, Instant at, DownloadProgress progress) {
        if (profile.state().isFollowedBy(told, profile.stateAt(), at)) {
            set(sql, profile, told, at, progress);
            tell(sql, profile, told, at, progress);
        } else if (profile.state().isRenewedBy(told, profile.stateAt(), at)) {
            set(sql, profile, told, at, progress);
        }
    }

    private static void set(Sql sql, Held profile, SimProfile.State to, Instant at, DownloadProgress progress) {
        sql.update(
                MOVE,
                to.text(),
                at,
                progress.eid(),
                profile.organization(),
                progress.iccid().digits());
    }

    private void tell(Sql sql, Held profile, SimProfile.State to, Instant at, DownloadProgress progress) {
        Iccid iccid = progress.iccid();
        String subject = "subscription/" + profile.subscription();
        String what = "sim_profile." + to.text();
        Consumer<Json> before = json ->
                json.text("iccid", iccid.digits()).text("state", profile.state().text());
        Consumer<Json> after = json -> {
            json.text("iccid", iccid.digits()).text("state", to.text()).time("state_at", at);
            DownloadProgress.Failure failure = progress.failure();
            if (failure != null) {
                json.text("code", failure.code()).text("detail", failure.message());
            }
        };
        events.raise(sql, profile.organization(), what, subject, progress.call(), after);
        audit.record(
                sql,
                Audit.Entry.bySystem(
                        ACTOR,
                        profile.organization(),
                        what,
                        subject,
                        progress.call(),
                        Optional.of(before),
                        Optional.of(after)));
    }

    private static SimProfile.State state(DownloadProgress.Reached reached) {
        return switch (reached) {
            case DOWNLOADED -> SimProfile.State.DOWNLOADED;
            case INSTALLED -> SimProfile.State.INSTALLED;
            case ERROR -> SimProfile.State.ERROR;
            case DELETED -> SimProfile.State.DELETED;
        };
    }

    private static Held read(Row row) throws SQLException {
        return new Held(
                new OrganizationId(row.uuid("organization_id")),
                new SubscriptionId(row.uuid("subscription_id")),
                SimProfile.State.of(row.text("state")),
                row.instant("state_at"));
    }
}
