package io.trunkline.stories;

import io.trunkline.database.Sql;

/**
 * Makes the database fail, as if the server had died between what a step did and its record: a trigger refuses to
 * record that a step is done. A sequence counts, since it alone survives the transaction that it ends.
 */
final class Crashes {
    private static final String CRASH = """
            CREATE OR REPLACE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (TG_OP = 'DELETE' OR NEW.step <> OLD.step OR NEW.lease IS NULL)
                    AND (CASE WHEN OLD.undoing THEN 'undo_' ELSE '' END || OLD.step = TG_ARGV[0] OR TG_ARGV[0] = '*')
                    AND random() < TG_ARGV[2]::float8
                    AND nextval('crashes') <= TG_ARGV[1]::int
                THEN
                    RAISE EXCEPTION 'killed here' USING ERRCODE = '57P01';
                END IF;
                RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
            END $$""";

    private final World world;

    Crashes(World world) {
        this.world = world;
    }

    /**
     * The next records of this step, or of its undo ({@code undo_STEP}; {@code *}: of any step) fail, so many of them,
     * each with this probability.
     */
    void at(String step, int times, double probability) {
        stop();
        Sql sql = world.sql();
        sql.update("CREATE SEQUENCE IF NOT EXISTS crashes");
        sql.update("ALTER SEQUENCE crashes RESTART");
        sql.update(CRASH);
        sql.update("CREATE TRIGGER crash BEFORE UPDATE OR DELETE ON order_work FOR EACH ROW EXECUTE FUNCTION crash('"
                + step + "', '" + times + "', '" + probability + "')");
    }

    /** How many have happened. */
    long count() {
        return world.sql()
                .one(
                        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM crashes",
                        row -> row.longInteger("n"))
                .orElseThrow();
    }

    void stop() {
        world.sql().update("DROP TRIGGER IF EXISTS crash ON order_work");
    }
}
