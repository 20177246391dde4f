package io.trunkline.benchmarks;

import java.util.List;
import java.util.function.Supplier;

/** What processes use of the CPU from now on, those that they start meanwhile included. */
final class Cpu {
    static final double PER_THOUSAND = 1_000;

    private final Supplier<List<Long>> processes;
    private final double before;

    Cpu(Supplier<List<Long>> processes) {
        this.processes = processes;
        this.before = Machine.cpuSeconds(processes.get());
    }

    double seconds() {
        return Machine.cpuSeconds(processes.get()) - before;
    }
}
