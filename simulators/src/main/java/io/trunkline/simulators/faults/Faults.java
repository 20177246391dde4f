package io.trunkline.simulators.faults;

import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/** The faults of one peer; what is left of them survives the process. */
public final class Faults implements AutoCloseable {
    private final Journal journal;
    private final DoubleSupplier dice;
    private List<Fault> left;

    private Faults(Journal journal, List<Fault> left, DoubleSupplier dice) {
        this.journal = journal;
        this.left = List.copyOf(left);
        this.dice = dice;
    }

    /**
     * Opens or creates the file.
     *
     * @param dice numbers from 0 (included) to 1 (excluded)
     */
    public static Faults open(Path file, DoubleSupplier dice) throws IOException {
        List<Fault> left = new ArrayList<>();
        Journal journal = Journal.open(file, line -> {
            left.clear();
            left.addAll(Arrays.asList(Json.parse(line, Fault[].class)));
        });
        if (journal.lines() > Journal.COMPACT_FROM_LINES) {
            journal.compact(List.of(Json.line(left)));
        }
        return new Faults(journal, left, dice);
    }

    public synchronized List<Fault> left() {
        return left;
    }

    public synchronized void replace(List<Fault> faults) {
        journal.append(List.of(Json.line(faults)));
        left = List.copyOf(faults);
    }

    /** The first fault that fits the operation and happens now; one of its times is used up. */
    public synchronized Optional<Fault> next(String operation) {
        return next(fault -> fault.fits(operation));
    }

    /** The same of those alone that name the operation: of what nobody waits for, {@code *} does not mean it. */
    public synchronized Optional<Fault> nextNamed(String operation) {
        return next(fault -> fault.operation().equals(operation));
    }

    private Optional<Fault> next(Predicate<Fault> fits) {
        for (int i = 0; i < left.size(); i++) {
            Fault fault = left.get(i);
            if (fits.test(fault) && dice.getAsDouble() < fault.probability()) {
                List<Fault> rest = new ArrayList<>(left);
                if (fault.times() > 1) {
                    rest.set(i, fault.once());
                } else {
                    rest.remove(i);
                }
                replace(rest);
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
