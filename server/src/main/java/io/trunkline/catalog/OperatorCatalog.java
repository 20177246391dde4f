package io.trunkline.catalog;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.web.Json;
import io.trunkline.web.Violation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The operator's side of the catalog: one file that tells what is offered. */
@Component
public class OperatorCatalog {
    /** Held while a file is applied: one after another. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(" + 0x636174616cL + ")";

    private final Database database;
    private final LineCheck lines;
    private final Audit audit;
    private final Clock clock;
    private final String profileType;

    OperatorCatalog(
            Database database,
            LineCheck lines,
            Audit audit,
            Clock clock,
            @Value("${trunkline.catalog.profile-type:trunkline.business.5g}") String profileType) {
        this.database = database;
        this.lines = lines;
        this.audit = audit;
        this.clock = clock;
        this.profileType = profileType;
    }

    /**
     * What a file has changed, or would.
     *
     * @param violations where there are any, nothing is changed
     */
    public record Outcome(List<Violation> violations, List<CatalogChange.Change> changes) {
        void write(Json json, boolean dryRun) {
            json.bool("dry_run", dryRun)
                    .objects(
                            "changes",
                            changes,
                            (entry, change) -> entry.text("kind", change.kind())
                                    .text("key", change.key())
                                    .text("what", change.what()));
        }
    }

    /** Rolls back what was only tried. */
    private static final class NotToBeKept extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Outcome outcome;

        NotToBeKept(Outcome outcome) {
            super("tried only", null, false, false);
            this.outcome = outcome;
        }
    }

    /** Applies a file, all or nothing. What is there already stays as it is, so that it can be applied again. */
    public Outcome apply(String yaml) {
        return database.inOwnerTransaction(sql -> apply(sql, yaml));
    }

    Outcome apply(String yaml, boolean dryRun, Caller caller, String correlationId) {
        try {
            return database.inOwnerTransaction(sql -> {
                Outcome outcome = apply(sql, yaml);
                if (dryRun) {
                    throw new NotToBeKept(outcome);
                }
                boolean isChange = outcome.changes().stream()
                        .anyMatch(change -> !change.what().equals("unchanged"));
                if (isChange) {
                    Consumer<Json> after = json -> outcome.write(json, false);
                    audit.record(
                            sql,
                            Audit.Entry.change(
                                    caller,
                                    "catalog.applied",
                                    "catalog",
                                    correlationId,
                                    Optional.empty(),
                                    Optional.of(after)));
                }
                return outcome;
            });
        } catch (NotToBeKept tried) {
            return tried.outcome;
        }
    }

    private Outcome apply(Sql sql, String yaml) {
        var violations = new ArrayList<Violation>();
        CatalogFile file = CatalogFile.read(yaml, violations);
        sql.list(LOCK, _ -> true);
        List<CatalogChange.Change> changes =
                new CatalogChange(sql, violations, clock.instant()).apply(file, lines, profileType);
        return new Outcome(List.copyOf(violations), changes);
    }
}
