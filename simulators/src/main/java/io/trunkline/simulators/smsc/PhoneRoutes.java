package io.trunkline.simulators.smsc;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The routes to look at phones, to write with them, and to say how the SMSC behaves.
 *
 * <ul>
 *   <li>{@code GET /phones/{msisdn}/messages?limit=}: {@code {"messages": [{from, text, segments, encoding,
 *       received_at}]}}, newest first
 *   <li>{@code POST /phones/{msisdn}/messages} {@code {"to", "text", "reversed"}}: sends one from the phone, its
 *       segments backwards where that is asked for; 202
 *   <li>{@code GET}, {@code PUT /smsc} {@code {"receipt_after_ms", "response_ids", "receipt_ids", "receipt_tlvs",
 *       "receipts"}}
 * </ul>
 */
final class PhoneRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final int LARGEST_LIMIT = 10_000;
    private static final int LONGEST_RECEIPT_MS = 3_600_000;
    private static final Pattern NUMBER = Pattern.compile("\\+?\\d{1,15}");
    private static final Pattern ADDRESS = Pattern.compile("\\+?[0-9A-Za-z ]{1,20}");
    private static final Pattern TEXT = Pattern.compile("[\\s\\S]{1,2000}");
    private static final List<String> RADIXES = List.of("hex", "decimal");
    private static final int USER_DATA_HEADER = 0x40;

    private final Phones phones;
    private final HandOver handOver;
    private final Clock clock;

    PhoneRoutes(Phones phones, HandOver handOver, Clock clock) {
        this.phones = phones;
        this.handOver = handOver;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/phones/{msisdn}/messages", this::list);
        routes.add("POST", "/phones/{msisdn}/messages", this::write);
        routes.add("GET", "/smsc", _ -> shown());
        routes.add("PUT", "/smsc", this::behave);
    }

    /** Digits alone: a plus sign comes as itself, or as the space that a query makes of it. */
    static String number(String text) {
        String number = text.strip();
        if (!NUMBER.matcher(number).matches()) {
            throw new ProblemException(400, "a phone is named by its number, at most 15 digits");
        }
        return number.startsWith("+") ? number.substring(1) : number;
    }

    private Answer list(Request request) {
        String limit = request.query().getOrDefault("limit", Integer.toString(DEFAULT_LIMIT));
        if (!limit.matches("[1-9]\\d{0,4}") || Integer.parseInt(limit) > LARGEST_LIMIT) {
            throw new ProblemException(400, "limit is a number from 1 to " + LARGEST_LIMIT);
        }
        List<Map<String, Object>> messages =
                phones.list(number(request.variable("msisdn")), Integer.parseInt(limit)).stream()
                        .map(PhoneRoutes::view)
                        .toList();
        return Reply.json(200, Map.of("messages", messages));
    }

    private static Map<String, Object> view(Received text) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("from", text.from());
        view.put("text", text.text());
        view.put("segments", text.segments());
        view.put("encoding", text.encoding());
        view.put("received_at", text.receivedAt().toString());
        return view;
    }

    private Answer write(Request request) {
        String from = number(request.variable("msisdn"));
        Fields fields = Fields.of(Json.body(request));
        String to = fields.required("to", fields.text("to", ADDRESS), "");
        String text = fields.required("text", fields.text("text", TEXT), "");
        boolean reversed = fields.flag("reversed").orElse(false);
        fields.refuseOthers().check();
        PhoneText written = PhoneText.of(text);
        Instant now = clock.instant();
        long first = phones.nextId();
        List<Outgoing> outgoing = new ArrayList<>();
        for (int i = 0; i < written.parts().size(); i++) {
            outgoing.add(new Outgoing(
                    i == 0 ? first : phones.nextId(),
                    "",
                    from,
                    to.startsWith("+") ? to.substring(1) : to,
                    written.parts().size() > 1 ? USER_DATA_HEADER : 0,
                    written.dataCoding(),
                    HexFormat.of().formatHex(written.octets(i, (int) (first & 0xff))),
                    "",
                    0,
                    now.toEpochMilli()));
        }
        phones.take(null, outgoing);
        if (reversed) {
            Collections.reverse(outgoing);
            // Handed over by their moments, so each a little later than the one before it.
            for (int i = 0; i < outgoing.size(); i++) {
                outgoing.set(i, outgoing.get(i).at(now.plusMillis(i)));
            }
        }
        handOver.add(outgoing);
        return Reply.json(202, Map.of("segments", written.parts().size()));
    }

    private Answer shown() {
        Behaviour behaviour = phones.behaviour();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("receipt_after_ms", behaviour.receiptAfterMs());
        view.put("response_ids", behaviour.responseIds().word());
        view.put("receipt_ids", behaviour.receiptIds().word());
        view.put("receipt_tlvs", behaviour.receiptTlvs());
        view.put("receipts", behaviour.givesReceipts());
        return Reply.json(200, view);
    }

    private Answer behave(Request request) {
        Fields fields = Fields.of(Json.body(request));
        Behaviour before = phones.behaviour();
        Optional<Integer> after = fields.number("receipt_after_ms", 0, LONGEST_RECEIPT_MS);
        Optional<Behaviour.Radix> responses =
                fields.word("response_ids", RADIXES).map(Behaviour.Radix::of);
        Optional<Behaviour.Radix> receipts = fields.word("receipt_ids", RADIXES).map(Behaviour.Radix::of);
        Optional<Boolean> tlvs = fields.flag("receipt_tlvs");
        Optional<Boolean> any = fields.flag("receipts");
        fields.refuseOthers().check();
        phones.behave(new Behaviour(
                after.orElse(before.receiptAfterMs()),
                responses.orElse(before.responseIds()),
                receipts.orElse(before.receiptIds()),
                tlvs.orElse(before.receiptTlvs()),
                any.orElse(before.givesReceipts())));
        return shown();
    }
}
