package io.trunkline.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
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

    /** As root: whoever owns the cluster, if it is there already; else ourselves. */
    static Account choose(Path cluster) {
        if (!isRoot()) {
            return new Account(Optional.empty());
        }
        if (Programs.find("setpriv").isEmpty()) {
            throw new PostgresException("PostgreSQL does not run as root, and this machine has no setpriv (of"
                    + " util-linux) to drop its rights: install it, or start as an ordinary user");
        }
        return new Account(Optional.of(owner(cluster)
                .or(() ->
                        CANDIDATES.stream().flatMap(name -> find(name).stream()).findFirst())
                .orElseThrow(() -> new PostgresException("PostgreSQL does not run as root, and this machine has"
                        + " neither a user postgres nor a user nobody: start as an ordinary user"))));
    }

    static boolean isRoot() {
        return said("-u") == 0;
    }

    private static Optional<User> owner(Path cluster) {
        try {
            int uid = (int) Files.getAttribute(cluster, "unix:uid");
            int gid = (int) Files.getAttribute(cluster, "unix:gid");
            return uid == 0 || gid == 0
                    ? Optional.empty()
                    : Optional.of(new User(Files.getOwner(cluster).getName(), uid, gid));
        } catch (IOException notThereYet) {
            return Optional.empty();
        }
    }

    /** The command as that user. */
    List<String> command(List<String> command) {
        if (user.isEmpty()) {
            return command;
        }
        var all = new ArrayList<>(List.of(
                Programs.find("setpriv").orElseThrow().toString(),
                "--reuid=" + user.get().uid(),
                "--regid=" + user.get().gid(),
                "--clear-groups",
                "--no-new-privs",
                "--"));
        all.addAll(command);
        return all;
    }

    /** Makes the directory and its parents; as root so that the user can enter those that are new. */
    void makeDirectories(Path directory) throws IOException {
        var missing = new ArrayDeque<Path>();
        for (Path path = directory; path != null && Files.notExists(path); path = path.getParent()) {
            missing.push(path);
        }
        for (Path path : missing) {
            Files.createDirectories(path);
            if (user.isPresent()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            }
        }
        if (!Files.isDirectory(directory)) {
            throw new PostgresException(directory + " is no directory: choose another (--data)");
        }
    }

    /** Gives the directory, and all in it, to that user where it is not theirs: new, or put back from a backup. */
    void own(Path directory) {
        if (user.isEmpty()) {
            return;
        }
        try {
            if ((int) Files.getAttribute(directory, "unix:uid") == user.get().uid()) {
                return;
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.toList()) {
                    Files.setAttribute(file, "unix:uid", user.get().uid(), LinkOption.NOFOLLOW_LINKS);
                    Files.setAttribute(file, "unix:gid", user.get().gid(), LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (IOException e) {
            throw new PostgresException(
                    directory + " cannot be given to the user " + user.get().name() + ": "
                            + PostgresException.explain(e),
                    e);
        }
    }

    /**
     * Checks that the user can enter the directory and all above it.
     *
     * @param directory a real path
     * @throws PostgresException naming the topmost directory that shuts it out, and what to do
     */
    void requireEntry(Path directory, String remedy) {
        if (user.isEmpty()) {
            return;
        }
        var fromTheTop = new ArrayDeque<Path>();
        for (Path path = directory; path != null; path = path.getParent()) {
            fromTheTop.push(path);
        }
        for (Path path : fromTheTop) {
            if (!mayEnter(path)) {
                throw new PostgresException("PostgreSQL runs as the user \""
                        + user.get().name() + "\", since it refuses to run as root, and that user cannot enter " + path
                        + ": " + remedy);
            }
        }
    }

    /** By the mode; where that says no, an access control list may still say yes: then the user tries it. */
    private boolean mayEnter(Path directory) {
        User who = user.orElseThrow();
        try {
            int mode = (int) Files.getAttribute(directory, "unix:mode");
            int bit = 0001;
            if ((int) Files.getAttribute(directory, "unix:uid") == who.uid()) {
                bit = 0100;
            } else if ((int) Files.getAttribute(directory, "unix:gid") == who.gid()) {
                bit = 0010;
            }
            return (mode & bit) != 0
                    || Programs.child(command(List.of("/bin/sh", "-c", "cd -- \"$1\"", "sh", directory.toString())))
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<User> find(String name) {
        int uid = said("-u", name);
        int gid = said("-g", name);
        return uid > 0 && gid > 0 ? Optional.of(new User(name, uid, gid)) : Optional.empty();
    }

    /** What {@code id} says, -1 where it fails. */
    private static int said(String... arguments) {
        var command = new ArrayList<>(List.of("id"));
        command.addAll(List.of(arguments));
        try {
            Process id = Programs.child(command).start();
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
