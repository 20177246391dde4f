package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the kernel knows of processes and of the machine (proc(5)). */
final class Machine {
    private static final Pattern PSS = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");
    private static final Pattern PSS_OF_OWN = Pattern.compile("(?m)^Pss_Anon:\\s+(\\d+) kB");
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_USER_TIME = 13;
    private static final int CHILDREN_SYSTEM_TIME = 14;
    private static final double KB_PER_MB = 1024;

    private Machine() {}

    /** Seconds of CPU that these processes, and those of their children that have ended, have used. */
    static double cpuSeconds(List<Long> processes) {
        double ticks = 0;
        for (long process : processes) {
            String stat = read(Path.of("/proc", Long.toString(process), "stat"));
            if (!stat.isEmpty()) {
                // The command's name, in brackets, may hold anything.
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                for (int field : new int[] {USER_TIME, SYSTEM_TIME, CHILDREN_USER_TIME, CHILDREN_SYSTEM_TIME}) {
                    ticks += Long.parseLong(fields[field]);
                }
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Megabytes of memory that these processes use, what they share counted once. */
    static double pssMb(Collection<Long> processes) {
        return sumMb(processes, PSS);
    }

    /** What of it they share with nobody, and has no file behind it. */
    static double ownMb(Collection<Long> processes) {
        return sumMb(processes, PSS_OF_OWN);
    }

    private static double sumMb(Collection<Long> processes, Pattern part) {
        double kb = 0;
        for (long process : processes) {
            Matcher size = part.matcher(read(Path.of("/proc", Long.toString(process), "smaps_rollup")));
            kb += size.find() ? Long.parseLong(size.group(1)) : 0;
        }
        return kb / KB_PER_MB;
    }

    /** E.g. {@code 2 × AMD EPYC, 23.5 GB, Linux 6.1}. */
    static String hardware() {
        String model = lines("/proc/cpuinfo")
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        double gb = lines("/proc/meminfo")
                        .filter(line -> line.startsWith("MemTotal"))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0)
                / KB_PER_MB
                / KB_PER_MB;
        return String.format(
                Locale.ROOT,
                "%d × %s, %.1f GB, %s %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                model,
                gb,
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"),
                Runtime.version().feature());
    }

    /** How busy the machine is besides: processes that want to run, averaged over a minute. */
    static String load() {
        return read(Path.of("/proc/loadavg")).replaceFirst(" .*\\s*", "");
    }

    /** The checkout's commit, with a plus where files differ from it. */
    static String commit(Path home) {
        String commit = output(home, "git", "rev-parse", "--short=12", "HEAD");
        String changed = output(home, "git", "status", "--porcelain", "--untracked-files=no");
        return commit.isEmpty() ? "unknown" : commit + (changed.isEmpty() ? "" : "+");
    }

    private static String output(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? output.strip() : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static Stream<String> lines(String file) {
        return read(Path.of(file)).lines();
    }

    /** Empty where there is none, or no longer. */
    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            if (Files.exists(file) && !Files.isReadable(file)) {
                throw new UncheckedIOException(e);
            }
            return "";
        }
    }
}
