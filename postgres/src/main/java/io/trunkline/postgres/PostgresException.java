package io.trunkline.postgres;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The embedded PostgreSQL could not be started, stopped or prepared; the message tells where, why and what to do. */
public final class PostgresException extends RuntimeException {
    PostgresException(String message) {
        super(message);
    }

    PostgresException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What the exception means to a person: whose directory it is, where the right to write is what is missing. */
    static String explain(IOException e) {
        if (!(e instanceof AccessDeniedException denied) || denied.getFile() == null) {
            return e.toString();
        }
        Path path = Path.of(denied.getFile()).toAbsolutePath();
        while (Files.notExists(path) && path.getParent() != null) {
            path = path.getParent();
        }
        String owner;
        try {
            owner = Files.getOwner(path).getName();
        } catch (IOException unknown) {
            owner = "another user";
        }
        return "the user \"" + System.getProperty("user.name") + "\" has no right to " + path + ", which belongs to \""
                + owner + "\": start as that user, or choose a directory elsewhere (--data)";
    }
}
