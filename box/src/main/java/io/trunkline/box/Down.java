package io.trunkline.box;

import io.trunkline.postgres.EmbeddedPostgres;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/** Ends everything that runs on a data directory, also what a server that was killed left behind. */
final class Down {
    private Down() {}

    static void run(Path path, PrintStream out) {
        Optional<DataDirectory> existing = DataDirectory.existing(path);
        if (existing.isEmpty()) {
            out.println("There is no data directory " + path + ".");
            return;
        }
        DataDirectory data = existing.get();
        data.tryHolder().ifPresent(holder -> {
            out.println("The server " + holder.pid() + " drains.");
            Up.terminate(data, holder);
        });
        DataDirectory.Lock lock = data.tryLock("down");
        try (DataDirectory.Held _ =
                lock.ours().orElseThrow(() -> new BoxException("another server has just been started on " + path))) {
            SimulatorsNeighbour.stop(data.resolve("simulators"));
            EmbeddedPostgres.stopLeftBehind(data.resolve("postgres"));
            for (String name : new String[] {"server", "simulators", "postgres"}) {
                data.delete(data.pid(name));
            }
            data.delete(data.ready());
        }
        out.println("Trunkline is down.");
    }
}
