package io.trunkline.orders;

import io.trunkline.database.Database;
import io.trunkline.ids.OrderId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.network.smdp.DownloadProgress;
import io.trunkline.network.smdp.ProgressListener;
import java.util.Optional;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Moves a line to its new SIM once a device has it. */
@Component
@Order(InstalledProfiles.POSITION)
class InstalledProfiles implements ProgressListener {
    /** After the profile's own state is written. */
    static final int POSITION = 100;

    private static final String CHANGE = """
            SELECT o.organization_id, o.id
            FROM sim_profiles p JOIN orders o ON o.organization_id = p.organization_id
                AND o.subscription_id = p.subscription_id AND o.iccid = p.iccid AND o.type = 'change_sim_profile'
            WHERE p.iccid = ? AND p.held_to IS NULL
            ORDER BY o.id DESC LIMIT 1""";

    private final Database database;
    private final SimMoves moves;
    private final OrderWorker worker;

    InstalledProfiles(Database database, SimMoves moves, OrderWorker worker) {
        this.database = database;
        this.moves = moves;
        this.worker = worker;
    }

    private record Change(OrganizationId organization, OrderId order) {}

    @Override
    public void progressed(DownloadProgress progress) {
        if (!progress.reached().equals(Optional.of(DownloadProgress.Reached.INSTALLED))) {
            return;
        }
        database.owner()
                .one(
                        CHANGE,
                        row -> new Change(new OrganizationId(row.uuid("organization_id")), new OrderId(row.uuid("id"))),
                        progress.iccid().digits())
                .ifPresent(change -> {
                    moves.installed(change.organization(), change.order());
                    worker.wake(OrderStep.MOVE_NUMBER.neighbour());
                });
    }
}
