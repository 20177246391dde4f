package io.trunkline.network.smdp;

import io.trunkline.ids.Iccid;
import io.trunkline.network.Outcome;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * ES2+ in JSON over HTTP(S), as its requester (SGP.22 5.3, 6.5.2). Thread-safe; closing it ends the calls under way.
 *
 * <p>Reads tolerantly: unknown fields are ignored, numbers may be strings and strings numbers, and an ICCID may carry
 * its padding.
 */
public final class Es2Plus implements SmdpPlus, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Es2Plus.class);

    private final SmdpSettings settings;
    private final Exchange exchange;

    /** Over plain HTTP, or HTTPS with the JDK's trust anchors and no certificate of ours. */
    public Es2Plus(SmdpSettings settings) {
        this(settings, Optional.empty());
    }

    /** Over HTTPS with what {@link SmdpTls} made. */
    public Es2Plus(SmdpSettings settings, SSLContext tls) {
        this(settings, Optional.of(tls));
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private Es2Plus(SmdpSettings settings, Optional<SSLContext> tls) {
        this.settings = settings;
        this.exchange = new Exchange(settings, tls.orElse(null));
    }

    @Override
    public Outcome<Ordered> downloadOrder(DownloadOrder order, FunctionCall call) {
        ObjectNode request = request(call, order.iccid());
        put(request, "eid", order.eid());
        put(request, "profileType", order.profileType());
        return execute("downloadOrder", request, call).then(answer -> ordered(order, answer));
    }

    /**
     * An answer that names another profile is unknown: it may be another call's. The repetition tells. Where it names
     * none, it means ours.
     */
    private static Outcome<Ordered> ordered(DownloadOrder order, JsonNode answer) {
        String named = text(answer, "iccid");
        boolean ours = named == null
                || Iccid.parse(named).filter(order.iccid()::equals).isPresent();
        return ours
                ? new Outcome.Accepted<>(new Ordered(order.iccid()))
                : new Outcome.Unknown<>("the SM-DP+ answered for another ICCID, expected " + order.iccid());
    }

    @Override
    public Outcome<Confirmed> confirmOrder(ConfirmOrder order, FunctionCall call) {
        ObjectNode request = request(call, order.iccid());
        put(request, "eid", order.eid());
        put(request, "matchingId", order.matchingId());
        put(request, "confirmationCode", order.confirmationCode());
        put(request, "smdsAddress", order.smdsAddress());
        if (settings.valuesAsStrings()) {
            request.put("releaseFlag", Boolean.toString(order.release()));
        } else {
            request.put("releaseFlag", order.release());
        }
        return execute("confirmOrder", request, call).then(answer -> confirmed(order, answer));
    }

    private Outcome<Confirmed> confirmed(ConfirmOrder order, JsonNode answer) {
        String matchingId = text(answer, "matchingId");
        if (matchingId != null && !matchingId.equals(order.matchingId())) {
            // Unknown would not do: the repetition's "in use" would count as success, for a code that opens nothing.
            return new Outcome.Rejected<>(
                    "matching_id_differs", "the SM-DP+ confirmed the order under another MatchingID than ours", false);
        }
        String eid = text(answer, "eid");
        if (eid != null && order.eid() != null && !eid.equals(order.eid())) {
            return new Outcome.Rejected<>(
                    "eid_differs", "the SM-DP+ confirmed the order for another EID than ours", false);
        }
        return new Outcome.Accepted<>(new Confirmed(order.matchingId(), smdpAddress(answer), eid));
    }

    private String smdpAddress(JsonNode answer) {
        String address = text(answer, "smdpAddress");
        if (address == null) {
            return settings.defaultSmdpAddress();
        }
        if (!ActivationCode.isAddress(address)) {
            LOG.warn(
                    "The SM-DP+ named an address of {} characters that is no domain name; using {}",
                    address.length(),
                    settings.defaultSmdpAddress());
            return settings.defaultSmdpAddress();
        }
        return address;
    }

    @Override
    public Outcome<Done> cancelOrder(CancelOrder order, FunctionCall call) {
        ObjectNode request = request(call, order.iccid());
        put(request, "eid", order.eid());
        put(request, "matchingId", order.matchingId());
        request.put("finalProfileStatusIndicator", order.finalStatus().wire());
        return execute("cancelOrder", request, call).then(_ -> new Outcome.Accepted<>(new Done()));
    }

    @Override
    public Outcome<Done> releaseProfile(Iccid iccid, FunctionCall call) {
        return execute("releaseProfile", request(call, iccid), call).then(_ -> new Outcome.Accepted<>(new Done()));
    }

    private Outcome<JsonNode> execute(String function, ObjectNode request, FunctionCall call) {
        return exchange.post(function, request, call).then(AnswerHeader::judge);
    }

    /** The request's header (SGP.22 6.5.1.3) and the ICCID, which every function names. */
    private ObjectNode request(FunctionCall call, Iccid iccid) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.putObject("header")
                .put("functionRequesterIdentifier", settings.functionRequesterIdentifier())
                .put("functionCallIdentifier", call.identifier());
        String digits = iccid.digits();
        return request.put("iccid", settings.iccidPadding() && digits.length() == 19 ? digits + "F" : digits);
    }

    private static void put(ObjectNode request, String name, @Nullable String value) {
        if (value != null) {
            request.put(name, value);
        }
    }

    /** Absent, null and empty are the same to us. */
    private static @Nullable String text(JsonNode answer, String name) {
        String text = answer.path(name).asString("").strip();
        return text.isEmpty() ? null : text;
    }

    @Override
    public void close() {
        exchange.close();
    }
}
