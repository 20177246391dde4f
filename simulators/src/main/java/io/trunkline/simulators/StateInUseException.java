package io.trunkline.simulators;

import java.nio.file.Path;

/** Another process, or another instance in this one, works on the state directory. */
public final class StateInUseException extends RuntimeException {
    StateInUseException(Path directory) {
        super("the simulators' state in " + directory + " is in use by another process: stop that one first,"
                + " or choose another directory with --state");
    }
}
