package io.trunkline.simulators.smdp;

import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.journal.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Devices that download and install what is released, by themselves where that is enabled, and by hand. A device is
 * made up for a profile that names none.
 */
final class Devices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
    private static final int BODY_FROM = 2;
    /** SGP.22 5.2.6: the eUICC has too little memory left. */
    private static final StatusCode NO_MEMORY = new StatusCode("8.1", "4.8");

    /**
     * How they behave.
     *
     * @param enabled whether they act by themselves
     * @param installAfterMs from the release to the installation; the download comes half way
     * @param reportTo the root of the requester's ES2+; absent: reports wait
     */
    record Settings(
            boolean enabled, int installAfterMs, @Nullable String reportTo) {
        static final Settings DEFAULT = new Settings(false, 5_000, null);
    }

    /** What a device can be made to do. */
    enum Action {
        DOWNLOAD,
        INSTALL,
        DELETE,
        FAIL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Path file;
    private final Profiles profiles;
    private final ScheduledThreadPoolExecutor timer;
    private final ProgressReports reports;
    private volatile Settings settings;

    private Devices(Path file, Profiles profiles, Faults faults, Settings settings) {
        this.file = file;
        this.profiles = profiles;
        this.settings = settings;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("devices").daemon().factory());
        this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.reports = new ProgressReports(profiles, faults, this::target, timer);
    }

    /** Goes on where it was left. */
    static Devices start(Path file, Profiles profiles, Faults faults) throws IOException {
        Settings settings = Files.exists(file) ? Json.parse(Files.readString(file), Settings.class) : Settings.DEFAULT;
        Devices devices = new Devices(file, profiles, faults, settings);
        profiles.watch(devices::noticed);
        devices.resume();
        return devices;
    }

    Settings settings() {
        return settings;
    }

    void set(Settings next) {
        try {
            AtomicFile.write(file, Json.write(next));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        settings = next;
        resume();
    }

    private Optional<URI> target() {
        return Optional.ofNullable(settings.reportTo()).map(URI::create);
    }

    private void resume() {
        reports.deliverAll();
        if (settings.enabled()) {
            List<Profile> waiting = profiles.read(stock -> stock.touched().stream()
                    .filter(profile ->
                            profile.state() == ProfileState.RELEASED || profile.state() == ProfileState.DOWNLOADED)
                    .toList());
            waiting.forEach(this::noticed);
        }
    }

    /** Something has become of the profile. */
    private void noticed(Profile profile) {
        if (settings.enabled()) {
            switch (profile.state()) {
                case RELEASED -> later(profile.iccid(), Action.DOWNLOAD);
                case DOWNLOADED -> later(profile.iccid(), Action.INSTALL);
                case AVAILABLE, ALLOCATED, LINKED, CONFIRMED, INSTALLED, ERROR, DELETED, UNAVAILABLE -> {
                    // No device has anything to do with it.
                }
            }
        }
    }

    private void later(String iccid, Action action) {
        if (!timer.isShutdown()) {
            var _ = timer.schedule(() -> byItself(iccid, action), settings.installAfterMs() / 2, TimeUnit.MILLISECONDS);
        }
    }

    private void byItself(String iccid, Action action) {
        if (settings.enabled()) {
            try {
                act(iccid, action);
            } catch (ProblemException otherwise) {
                LOG.debug("no device can {} {}: {}", action.word(), iccid, otherwise.getMessage());
            } catch (RuntimeException failed) {
                LOG.warn("a device could not {} {}", action.word(), iccid, failed);
            }
        }
    }

    /**
     * The device does it, and the requester will hear of it.
     *
     * @throws ProblemException 404 where there is no such profile, 409 where its state does not allow it
     */
    Profile act(String iccid, Action action) {
        Outcome outcome = profiles.execute(stock -> {
            Profile profile =
                    stock.find(iccid).orElseThrow(() -> new ProblemException(404, "there is no profile " + iccid));
            return new Outcome.Executed(acted(profile, action));
        });
        reports.deliver(iccid);
        return switch (outcome) {
            case Outcome.Executed(Profile profile) -> profile;
            case Outcome.Failed failed -> throw new IllegalStateException(failed.message());
        };
    }

    private static Profile acted(Profile profile, Action action) {
        String eid = profile.eid() == null ? madeUp(profile.iccid()) : profile.eid();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return switch (action) {
            case DOWNLOAD ->
                expected(profile, action, ProfileState.RELEASED)
                        .progressed(ProfileState.DOWNLOADED, ProgressReport.of(ProgressReport.DOWNLOAD, now, eid));
            case INSTALL ->
                expected(profile, action, ProfileState.DOWNLOADED)
                        .progressed(ProfileState.INSTALLED, ProgressReport.of(ProgressReport.INSTALLATION, now, eid));
            case DELETE ->
                expected(profile, action, ProfileState.INSTALLED)
                        .progressed(ProfileState.DELETED, ProgressReport.of(ProgressReport.DELETION, now, eid));
            case FAIL -> {
                boolean hasIt = profile.state() == ProfileState.DOWNLOADED;
                int point = hasIt ? ProgressReport.INSTALLATION : ProgressReport.ELIGIBILITY;
                yield (hasIt ? profile : expected(profile, action, ProfileState.RELEASED))
                        .progressed(
                                ProfileState.ERROR,
                                ProgressReport.of(point, now, eid).failed(NO_MEMORY));
            }
        };
    }

    private static Profile expected(Profile profile, Action action, ProfileState state) {
        if (profile.state() != state) {
            throw new ProblemException(
                    409,
                    "a device can " + action.word() + " a profile that is " + state.word() + ", this one is "
                            + profile.state().word());
        }
        return profile;
    }

    /** Always the same for a profile. */
    private static String madeUp(String iccid) {
        String digits = "8904903200" + "0".repeat(20);
        String body = iccid.substring(BODY_FROM);
        return CheckDigits.completedEid(digits.substring(0, 30 - body.length()) + body);
    }

    @Override
    public void close() {
        profiles.watch(profile -> {});
        timer.shutdownNow();
        reports.close();
    }
}
