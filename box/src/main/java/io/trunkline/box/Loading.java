package io.trunkline.box;

import io.trunkline.box.load.Load;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Fills a data directory of its own with a made-up operator; nothing else runs on it meanwhile. */
final class Loading {
    /** What is written needs no log: a load that was interrupted is known to be, and goes on. */
    private static final Map<String, String> POSTGRES =
            Map.of("wal_level", "minimal", "max_wal_senders", "0", "max_wal_size", "2GB", "autovacuum", "off");
    /** Building an index takes as long as it takes. */
    private static final Map<String, Object> SERVER = Map.of("trunkline.database.statement-timeout", "10m");

    private static final long BYTES_PER_MIB = 1L << 20;

    private Loading() {}

    static void run(LoadOptions options, String build, PrintStream out) {
        DataDirectory data = DataDirectory.open(options.data());
        Load.Size size = begun(options, data, freeBytes(data));
        UpOptions up = UpOptions.parse(List.of("--data", options.data().toString(), "--demo", "none"));
        out.printf(
                Locale.ROOT,
                "Loading %,d subscriptions and %,d usage items into %s.%n",
                size.subscriptions(),
                size.items(),
                data.path());
        out.flush();
        Up.once(up, build, POSTGRES, SERVER, server -> {
            Map<String, String> clients = complete(server, size, clients(data), out);
            data.write(
                    data.resolve("load.clients"),
                    clients.entrySet().stream()
                            .map(client -> client.getKey() + " " + client.getValue() + "\n")
                            .collect(Collectors.joining()));
        });
        out.println("Loaded. The clients, one for each organization, the largest first, are in "
                + data.resolve("load.clients") + ".");
        out.println("Start it: ./trunkline up --demo none --data " + data.path());
    }

    private static Map<String, String> complete(
            Server server, Load.Size size, Map<String, String> secrets, PrintStream out) {
        try {
            return Load.complete(server::bean, size, secrets, out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BoxException("interrupted while loading", e);
        }
    }

    /** The clients' secrets of the last time. */
    private static Map<String, String> clients(DataDirectory data) {
        var clients = new HashMap<String, String>();
        data.read(data.resolve("load.clients")).stream()
                .flatMap(String::lines)
                .map(line -> line.split(" ", 2))
                .filter(words -> words.length == 2)
                .forEach(words -> clients.put(words[0], words[1]));
        return clients;
    }

    /**
     * The load that the directory holds, or is to hold from now on: a directory holds one, told by a file that is
     * written before anything is loaded, and after it is known that there is room.
     */
    static Load.Size begun(LoadOptions options, DataDirectory data, long freeBytes) {
        boolean used = Files.exists(data.resolve("postgres", "cluster"));
        Optional<Load.Size> known = data.read(data.resolve("load.size")).map(Loading::read);
        if (used && known.isEmpty()) {
            throw new BoxException(
                    data.path() + " is in use by something else: a load wants a directory of its own (--data)");
        }
        if (used) {
            return known.filter(
                            size -> size.subscriptions() == options.subscriptions() && size.items() == options.items())
                    .orElseThrow(() -> new BoxException(
                            "%s holds a load of %d subscriptions and %d items: choose another directory (--data)"
                                    .formatted(
                                            data.path(),
                                            known.get().subscriptions(),
                                            known.get().items())));
        }
        var size = new Load.Size(
                options.subscriptions(), options.items(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
        requireRoom(freeBytes, data.path(), size);
        data.write(data.resolve("load.size"), size.subscriptions() + " " + size.items() + " " + size.now() + "\n");
        return size;
    }

    private static Load.Size read(String text) {
        String[] words = text.strip().split(" ", 3);
        return new Load.Size(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Instant.parse(words[2]));
    }

    private static long freeBytes(DataDirectory data) {
        try {
            return Files.getFileStore(data.path()).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireRoom(long freeBytes, Path place, Load.Size size) {
        if (freeBytes < size.bytes()) {
            throw new BoxException(String.format(
                    Locale.ROOT,
                    "the load takes about %,d MiB, and %s has %,d MiB left: make room, load less (--items,"
                            + " --subscriptions), or choose another disk (--data)",
                    size.bytes() / BYTES_PER_MIB,
                    place,
                    freeBytes / BYTES_PER_MIB));
        }
    }
}
