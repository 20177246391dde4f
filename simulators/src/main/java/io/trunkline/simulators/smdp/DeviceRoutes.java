package io.trunkline.simulators.smdp;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The routes of the devices.
 *
 * <ul>
 *   <li>{@code GET /devices}: how they behave
 *   <li>{@code PUT /devices}: {@code {"enabled", "install_after_ms", "report_to"}}; what is absent stays as it is
 *   <li>{@code POST /devices/{iccid}/{download|install|delete|fail}}: a device does that now; {@code {iccid, state,
 *       eid}}. 409 where the profile's state does not allow it
 * </ul>
 */
final class DeviceRoutes {
    private static final int LONGEST_MS = 86_400_000;
    private static final Pattern URL = Pattern.compile("https?://[A-Za-z0-9.\\[\\]:-]+(/[\\x21-\\x7e]*)?");

    private final Devices devices;

    DeviceRoutes(Devices devices) {
        this.devices = devices;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/devices", request -> Reply.json(200, devices.settings()));
        routes.add("PUT", "/devices", this::put);
        for (Devices.Action action : Devices.Action.values()) {
            routes.add("POST", "/devices/{iccid}/" + action.word(), request -> act(request, action));
        }
    }

    private Answer put(Request request) {
        Fields fields = Fields.of(Json.body(request));
        Optional<Boolean> enabled = fields.flag("enabled");
        Optional<Integer> after = fields.number("install_after_ms", 0, LONGEST_MS);
        Optional<String> reportTo = fields.text("report_to", URL);
        fields.refuseOthers().check();
        Devices.Settings before = devices.settings();
        devices.set(new Devices.Settings(
                enabled.orElse(before.enabled()),
                after.orElse(before.installAfterMs()),
                reportTo.orElse(before.reportTo())));
        return Reply.json(200, devices.settings());
    }

    private Answer act(Request request, Devices.Action action) {
        String iccid = Optional.of(request.variable("iccid"))
                .filter(Es2Request.ICCID.asMatchPredicate())
                .map(Es2Request::unpadded)
                .filter(CheckDigits::luhnHolds)
                .orElseThrow(() -> new ProblemException(404, "this is no ICCID with a valid check digit"));
        Profile profile = devices.act(iccid, action);
        return Reply.json(
                200,
                Map.of(
                        "iccid", profile.iccid(),
                        "state", profile.state(),
                        "eid", String.valueOf(profile.eid())));
    }
}
