package io.trunkline.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The turns that somebody and the limit have taken one after the other. */
final class Turns {
    private final List<Sample> own = new ArrayList<>();
    private final List<Sample> limits = new ArrayList<>();
    private double cpuSeconds;

    /** Takes one turn of each. */
    void add(Sample turn, double cpuSecondsOfIt, Sample limit) {
        own.add(turn);
        limits.add(limit);
        cpuSeconds += cpuSecondsOfIt;
    }

    /** The last turn, for people. */
    String last() {
        return String.format(
                Locale.ROOT,
                "%,.0f/s of %,.0f/s, ratio %.3f, load %s",
                own.getLast().perSecond(),
                limits.getLast().perSecond(),
                ratios().getLast(),
                Machine.load());
    }

    int count() {
        return own.size();
    }

    double perSecond() {
        return median(own.stream().map(Sample::perSecond).toList());
    }

    double limitPerSecond() {
        return median(limits.stream().map(Sample::perSecond).toList());
    }

    /** Each of a turn and the limit's right after it. */
    List<Double> ratios() {
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(own.get(i).perSecond() / limits.get(i).perSecond());
        }
        return ratios;
    }

    double ratio() {
        return median(ratios());
    }

    double p50Ms() {
        return median(own.stream().map(Sample::p50Ms).toList());
    }

    double p99Ms() {
        return median(own.stream().map(Sample::p99Ms).toList());
    }

    double cpuSecondsPer1000() {
        return cpuSeconds / requests() * Cpu.PER_THOUSAND;
    }

    double clientCpuSecondsPer1000() {
        return own.stream().mapToDouble(Sample::clientCpuSeconds).sum() / requests() * Cpu.PER_THOUSAND;
    }

    private double requests() {
        return own.stream().mapToLong(Sample::count).sum();
    }

    /** The middle one, or what lies half way between the two in the middle; 0 of none. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return 0;
        }
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
