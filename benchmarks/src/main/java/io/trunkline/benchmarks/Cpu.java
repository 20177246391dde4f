package io.trunkline.benchmarks;

/** What an installation's processes use of the CPU from now on. */
final class Cpu {
    static final double PER_THOUSAND = 1_000;

    private final Installation installation;
    private final double before;

    Cpu(Installation installation) {
        this.installation = installation;
        this.before = Machine.cpuSeconds(installation.processes());
    }

    double seconds() {
        return Machine.cpuSeconds(installation.processes()) - before;
    }
}
