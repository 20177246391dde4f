package io.trunkline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** wrk, Debian's package of that name. */
final class Wrk implements LoadClient {
    private static final int THREADS = 1;
    private static final int PATIENCE_SECONDS = 30;
    /** An answer that takes longer counts as none. On a machine that others use, wrk's two seconds are not enough. */
    private static final int TIMEOUT_SECONDS = 20;

    private static final double MICROS_PER_SECOND = 1e6;
    private static final double MICROS_PER_MILLI = 1e3;

    /** Requests are made before the start; each thread begins elsewhere. */
    private static final String SCRIPT = """
            local calls = {}
            local at = 0
            function init(args)
              for line in io.lines(args[1]) do
                local headers = {}
                local path = nil
                for part in string.gmatch(line, "[^\\t]+") do
                  if path == nil then path = part
                  else
                    local name, value = string.match(part, "([^:]+): (.*)")
                    headers[name] = value
                  end
                end
                calls[#calls + 1] = wrk.format("GET", path, headers)
              end
              math.randomseed(os.time())
              at = math.random(#calls)
            end
            function request()
              at = at % #calls + 1
              return calls[at]
            end
            function done(summary, latency, requests)
              local errors = summary.errors.connect + summary.errors.read + summary.errors.write
                + summary.errors.status + summary.errors.timeout
              print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99), errors))
            end
            """;

    private static final Pattern RESULT = Pattern.compile("RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    static boolean isInstalled() {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory.isEmpty() ? "." : directory, "wrk"))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String name() {
        return "wrk";
    }

    @Override
    public Sample run(String url, List<Call> calls, int connections, Duration duration) {
        try {
            Path script = Files.createTempFile("trunkline-bench", ".lua");
            Path requests = Files.createTempFile("trunkline-bench", ".tsv");
            try {
                Files.writeString(script, SCRIPT);
                Files.writeString(
                        requests,
                        calls.stream()
                                .map(call -> call.path() + "\t" + String.join("\t", call.headers()) + "\n")
                                .collect(Collectors.joining()));
                return run(url, script, requests, connections, duration);
            } finally {
                Files.deleteIfExists(script);
                Files.deleteIfExists(requests);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Sample run(String url, Path script, Path requests, int connections, Duration duration)
            throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "-t" + THREADS,
                        "-c" + connections,
                        "-d" + duration.toSeconds() + "s",
                        "--timeout",
                        TIMEOUT_SECONDS + "s",
                        "--latency",
                        "-s",
                        script.toString(),
                        url,
                        "--",
                        requests.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        double cpu =
                wrk.info().totalCpuDuration().map(used -> used.toMillis() / 1e3).orElse(0.0);
        if (!wrk.waitFor(duration.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            wrk.destroyForcibly();
        }
        Matcher result = RESULT.matcher(output);
        if (!result.find()) {
            throw new IllegalStateException("wrk failed: " + output);
        }
        if (!result.group(5).equals("0")) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "%s of %s requests were not answered with 200: %s",
                    result.group(5),
                    result.group(1),
                    output));
        }
        return new Sample(
                Long.parseLong(result.group(1)),
                Long.parseLong(result.group(2)) / MICROS_PER_SECOND,
                Long.parseLong(result.group(3)) / MICROS_PER_MILLI,
                Long.parseLong(result.group(4)) / MICROS_PER_MILLI,
                cpu);
    }
}
