package io.trunkline.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who PostgreSQL runs as. It refuses to run as root: then an unprivileged user of this machine owns the cluster and
 * {@code setpriv} drops to it for good, not by a user namespace that leaves root on the host.
 */
final class Account {
    /** The first one that exists; PostgreSQL needs an entry in the table of users. */
    private static final List<String> CANDIDATES = List.of("postgres", "nobody");

    private final Optional<User> user;

    private Account(Optional<User> user) {
        this.user = user;
    }

    private record User(String name, int uid, int gid) {}

    static Account choose() {
        if (!"root".equals(System.getProperty("user.name")) && uidOf("-u") != 0) {
            return new Account(Optional.empty());
        }
        return new Account(Optional.of(CANDIDATES.stream()
                .flatMap(name -> find(name).stream())
                .findFirst()
                .orElseThrow(() -> new PostgresException("PostgreSQL does not run as root, and this machine has"
                        + " neither a user postgres nor a user nobody: start as an ordinary user"))));
    }

    /** The command as that user. */
    List<String> command(List<String> command) {
        if (user.isEmpty()) {
            return command;
        }
        var all = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + user.get().uid(),
                "--regid=" + user.get().gid(),
                "--clear-groups",
                "--no-new-privs",
                "--"));
        all.addAll(command);
        return all;
    }

    /** Gives the directory, and all in it, to that user. */
    void own(Path directory) {
        if (user.isEmpty()) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            UserPrincipal owner = directory
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(user.get().name());
            for (Path file : files.toList()) {
                if (!Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
                    Files.setAttribute(file, "unix:uid", user.get().uid(), LinkOption.NOFOLLOW_LINKS);
                    Files.setAttribute(file, "unix:gid", user.get().gid(), LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (IOException e) {
            throw new PostgresException(
                    directory + " cannot be given to the user " + user.get().name() + ": " + e, e);
        }
    }

    /**
     * Checks that the user can enter the directory and all above it.
     *
     * @throws PostgresException naming the first directory that shuts it out, and what to do
     */
    void requireEntry(Path directory, String remedy) {
        if (user.isEmpty()) {
            return;
        }
        for (Path path = directory.toAbsolutePath(); path != null; path = path.getParent()) {
            if (!mayEnter(path)) {
                throw new PostgresException("PostgreSQL runs as the user \""
                        + user.get().name() + "\", since it refuses to run as root, and that user cannot enter " + path
                        + ": " + remedy);
            }
        }
    }

    private boolean mayEnter(Path directory) {
        User who = user.orElseThrow();
        try {
            int mode = (int) Files.getAttribute(directory, "unix:mode");
            if ((int) Files.getAttribute(directory, "unix:uid") == who.uid()) {
                return (mode & 0100) != 0;
            }
            return (mode & ((int) Files.getAttribute(directory, "unix:gid") == who.gid() ? 0010 : 0001)) != 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<User> find(String name) {
        int uid = uidOf("-u", name);
        int gid = uidOf("-g", name);
        return uid > 0 && gid > 0 ? Optional.of(new User(name, uid, gid)) : Optional.empty();
    }

    /** What {@code id} says, -1 where it fails. */
    private static int uidOf(String... arguments) {
        var command = new ArrayList<>(List.of("id"));
        command.addAll(List.of(arguments));
        try {
            Process id = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return id.waitFor() == 0 ? Integer.parseInt(said.strip()) : -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
