package io.trunkline.subscriptions;

import io.trunkline.database.Database;
import io.trunkline.database.Sql;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.network.smdp.ActivationCode;
import io.trunkline.qr.QrCode;
import io.trunkline.security.Audit;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Problem;
import io.trunkline.web.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The activation code, as a picture or in fields. It is a secret: never cached, and every look is audited. */
@RestController
@Needs(Licence.ORDERS)
class QrCodeResource {
    private static final MediaType SVG = MediaType.parseMediaType("image/svg+xml");

    private final Database database;
    private final Subscriptions subscriptions;
    private final Audit audit;

    QrCodeResource(Database database, Subscriptions subscriptions, Audit audit) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.audit = audit;
    }

    @GetMapping("/enterprise/subscriptions/{id}/sim-profile/qr-code")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        MediaType type = exchange.negotiated(List.of(MediaType.IMAGE_PNG, SVG, MediaType.APPLICATION_JSON));
        SubscriptionId known = SubscriptionId.parse(id).orElseThrow(Refusal::notFound);
        ActivationCode code = database.inTransaction(caller.organization(), sql -> shown(sql, caller, exchange, known));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .header("Vary", "Accept")
                .contentType(type)
                .body(rendered(code, type, exchange));
    }

    private ActivationCode shown(Sql sql, Caller caller, Exchange exchange, SubscriptionId id) {
        SimProfile profile = Optional.ofNullable(SubscriptionStore.simProfiles(sql, caller.organization(), List.of(id))
                        .get(id))
                .orElseThrow(() -> subscriptions
                        .find(sql, caller.organization(), id)
                        .map(subscription -> subscription.status() == Subscription.Status.TERMINATED
                                ? Problem.of(ErrorCode.GONE, "the subscription ended before it had a profile")
                                        .refusal()
                                : notReleased())
                        .orElseGet(Refusal::notFound));
        ActivationCode code = switch (profile.state()) {
            case RESERVED -> throw notReleased();
            case INSTALLED, DELETED ->
                throw Problem.of(
                                ErrorCode.GONE,
                                "the profile is " + profile.state().text() + " since " + Json.time(profile.stateAt()))
                        .refusal();
            case RELEASED, DOWNLOADED, ERROR ->
                subscriptions
                        .shown(sql, caller.organization(), id)
                        .flatMap(Subscriptions.Shown::code)
                        .orElseThrow(QrCodeResource::notReleased);
        };
        audit.record(
                sql,
                Audit.Entry.read(
                        caller, "activation_code.read", "sim_profile/" + profile.iccid(), exchange.correlationId()));
        return code;
    }

    private static Refusal notReleased() {
        return Problem.of(ErrorCode.NOT_RELEASED, "the SM-DP+ has not released the profile yet")
                .refusal();
    }

    private static byte[] rendered(ActivationCode code, MediaType type, Exchange exchange) {
        if (type.equals(MediaType.APPLICATION_JSON)) {
            return exchange.json(json -> json.text("activation_code", code.text())
                    .text("smdp_address", code.smdpAddress())
                    .text("matching_id", code.matchingId())
                    .bool("confirmation_code_required", code.confirmationCodeRequired()));
        }
        QrCode picture = QrCode.of(code.lpa());
        return type.equals(SVG)
                ? picture.svg("eSIM activation code").getBytes(StandardCharsets.UTF_8)
                : picture.png(QrCode.DEFAULT_SCALE);
    }
}
