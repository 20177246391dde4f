package io.trunkline.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The files of a cluster that belong into a copy of it: all but what PostgreSQL makes anew when it starts on them. */
final class ClusterFiles {
    static final String CONTROL = "global/pg_control";
    static final String LABEL = "backup_label";
    static final String LOG = "pg_wal";

    /** Of the server that runs, or of an earlier copy. */
    private static final Set<String> LEFT_OUT = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "current_logfiles",
            "log",
            LABEL,
            "backup_label.old",
            "tablespace_map",
            "tablespace_map.old",
            "backup_manifest",
            CONTROL);

    /** Directories that must be there, and whose content is of the running server alone (or is copied by itself). */
    private static final Set<String> EMPTIED = Set.of(
            LOG,
            "pg_dynshmem",
            "pg_notify",
            "pg_replslot",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans",
            "pg_tblspc");

    /** Sorts that did not fit into memory, a cache, temporary tables. */
    private static final Pattern TEMPORARY =
            Pattern.compile("pgsql_tmp.*|pg_internal\\.init.*|t\\d+_\\d+(_\\w+)?(\\.\\d+)?");

    private ClusterFiles() {}

    interface OfFile {
        void accept(String name, Path file) throws IOException;
    }

    interface OfDirectory {
        void accept(String name) throws IOException;
    }

    /** Directories before what is in them; what vanishes meanwhile is not told. */
    static void walk(Path cluster, OfFile files, OfDirectory directories) throws IOException {
        walk(cluster, "", files, directories);
        directories.accept(LOG + "/archive_status");
        directories.accept(LOG + "/summaries");
    }

    private static void walk(Path directory, String prefix, OfFile files, OfDirectory directories) throws IOException {
        var entries = new TreeSet<Path>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            all.forEach(entries::add);
        } catch (NoSuchFileException dropped) {
            return;
        }
        for (Path entry : entries) {
            String name = prefix + entry.getFileName();
            if (LEFT_OUT.contains(name)
                    || TEMPORARY.matcher(entry.getFileName().toString()).matches()) {
                continue;
            }
            if (Files.isDirectory(entry)) {
                directories.accept(name);
                if (!EMPTIED.contains(name)) {
                    walk(entry, name + "/", files, directories);
                }
            } else if (Files.isRegularFile(entry)) {
                acceptUnlessGone(name, entry, files);
            }
        }
    }

    private static void acceptUnlessGone(String name, Path entry, OfFile files) throws IOException {
        try {
            files.accept(name, entry);
        } catch (NoSuchFileException e) {
            if (Files.exists(entry)) {
                throw e;
            }
        }
    }
}
