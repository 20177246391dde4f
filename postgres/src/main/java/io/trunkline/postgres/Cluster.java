package io.trunkline.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The files of the database, made at the first start, and its superuser's password beside them. */
final class Cluster {
    static final String SUPERUSER = "postgres";

    private final Account account;
    private final Path directory;

    Cluster(Account account, Path directory) {
        this.account = account;
        this.directory = directory;
    }

    static Path in(Path directory) {
        return directory.resolve("cluster");
    }

    static String jdbcUrl(int port, String database, String password) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + SUPERUSER + "&password=" + password;
    }

    Path path() {
        return in(directory);
    }

    private boolean exists() throws IOException {
        if (Files.exists(path().resolve("PG_VERSION"))) {
            return true;
        }
        if (Files.notExists(path())) {
            return false;
        }
        try (DirectoryStream<Path> content = Files.newDirectoryStream(path())) {
            if (content.iterator().hasNext()) {
                throw new PostgresException(path() + " is no PostgreSQL cluster, PG_VERSION is missing there:"
                        + " put it back from a backup, or move the directory away to begin with an empty database");
            }
        }
        return false;
    }

    /** Makes it if it is not there; else checks that this build can run it. Returns the superuser's password. */
    String prepare(Path programs, boolean durable) throws IOException {
        Path partial = directory.resolve("cluster.partial");
        Path initialPassword = directory.resolve("initial-password");
        Postmaster.clear(partial);
        Binaries.delete(partial);
        Files.deleteIfExists(initialPassword);
        if (exists()) {
            String version = Files.readString(path().resolve("PG_VERSION")).strip();
            if (!version.equals(PostgresVersion.MAJOR)) {
                throw new PostgresException("the cluster " + path() + " is of PostgreSQL " + version
                        + ", this build brings " + PostgresVersion.MAJOR + ": start the build that made it, dump the"
                        + " database with its pg_dump, move the directory away, and load the dump into this build");
            }
            return password(false);
        }
        String password = password(true);
        initialise(programs, partial, initialPassword, password, durable);
        Files.deleteIfExists(path());
        DurableFile.move(partial, path());
        return password;
    }

    private String password(boolean mayMake) throws IOException {
        Path file = directory.resolve("password");
        if (Files.notExists(file)) {
            if (!mayMake) {
                throw new PostgresException("the superuser's password is missing: put " + file
                        + " back from a backup, as it was when the cluster beside it was made");
            }
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            DurableFile.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        }
        String password = Files.readString(file).strip();
        if (password.isEmpty()) {
            throw new PostgresException("the superuser's password in " + file + " is empty: put it back");
        }
        return password;
    }

    /** In a directory beside it that gets the cluster's name when it is complete. */
    private void initialise(Path programs, Path partial, Path initialPassword, String password, boolean durable)
            throws IOException {
        Files.createDirectory(
                partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        DurableFile.write(initialPassword, password);
        account.own(partial);
        account.own(initialPassword);
        var command = new ArrayList<>(List.of(
                programs.resolve("bin/initdb").toString(),
                "--pgdata=" + partial,
                "--username=" + SUPERUSER,
                "--auth=scram-sha-256",
                "--pwfile=" + initialPassword,
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums"));
        if (!durable) {
            command.add("--no-sync");
        }
        try {
            Process initdb = Programs.child(account.command(command))
                    .directory(partial.toFile())
                    .start();
            String said = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (initdb.waitFor() != 0) {
                throw new PostgresException("initdb failed in " + partial + ":\n" + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PostgresException("interrupted while making the cluster", e);
        } finally {
            Files.deleteIfExists(initialPassword);
        }
    }
}
