package io.trunkline.simulators.smdp;

import io.trunkline.simulators.faults.FaultRoutes;
import io.trunkline.simulators.faults.Faults;
import io.trunkline.simulators.http.HttpListener;
import io.trunkline.simulators.http.Routes;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The SM-DP+ as a whole: its listener, its state, its control routes. */
public final class SmdpSimulator implements AutoCloseable {
    private static final Pattern STATUS_CODE = Pattern.compile("\\d{1,3}(\\.\\d{1,3})*/\\d{1,3}(\\.\\d{1,3})*");
    private static final String MATCHING_ID_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final int MATCHING_ID_CHARACTERS = 26;

    private final Profiles profiles;
    private final Faults faults;
    private final Devices devices;
    private final HttpListener listener;

    private SmdpSimulator(Profiles profiles, Faults faults, Devices devices, HttpListener listener) {
        this.profiles = profiles;
        this.faults = faults;
        this.devices = devices;
        this.listener = listener;
    }

    /**
     * Reads the state and starts to listen.
     *
     * @param directory where the state lies; made if absent
     * @param socket for ES2+, bound
     * @param smdpAddress the name in activation codes
     * @param smdsAddress the SM-DS where it can register events
     */
    public static SmdpSimulator start(Path directory, ServerSocket socket, String smdpAddress, String smdsAddress)
            throws IOException {
        Files.createDirectories(directory);
        Profiles profiles = Profiles.open(directory.resolve("profiles.journal"));
        Faults faults = Faults.open(
                directory.resolve("faults.journal"),
                () -> ThreadLocalRandom.current().nextDouble());
        SecureRandom random = new SecureRandom();
        Es2Functions functions = new Es2Functions(() -> matchingId(random), smdsAddress);
        Es2Resource resource = new Es2Resource(profiles, faults, functions, smdpAddress);
        Devices devices = Devices.start(directory.resolve("devices.json"), profiles, faults);
        return new SmdpSimulator(
                profiles,
                faults,
                devices,
                HttpListener.start("smdp", socket, HttpListener.Limits.DEFAULT, resource.routes()));
    }

    /** Adds {@code /smdp/…} and {@code /devices…} of the control interface. */
    public void addTo(Routes routes) {
        List<String> operations = new ArrayList<>(Es2Resource.OPERATIONS);
        operations.add(ProgressReports.OPERATION);
        new FaultRoutes(faults, operations, STATUS_CODE).addTo(routes, "/smdp/faults");
        new DeviceRoutes(devices).addTo(routes);
        new ProfileRoutes(profiles).addTo(routes);
    }

    private static String matchingId(SecureRandom random) {
        StringBuilder text = new StringBuilder(MATCHING_ID_CHARACTERS);
        for (int i = 0; i < MATCHING_ID_CHARACTERS; i++) {
            text.append(MATCHING_ID_ALPHABET.charAt(random.nextInt(MATCHING_ID_ALPHABET.length())));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        devices.close();
        profiles.close();
        faults.close();
    }
}
