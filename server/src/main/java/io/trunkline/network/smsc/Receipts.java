package io.trunkline.network.smsc;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.OptionalParameter;

/** Reads receipts: from their parameters where they have them, else from their text (SMPP 3.4, appendix B). */
final class Receipts {
    private static final Pattern ID = Pattern.compile("\\bid:\\s*([^\\s]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern STAT = Pattern.compile("\\bstat:\\s*([A-Z]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern ERROR = Pattern.compile("\\berr:\\s*([0-9A-Z]{1,8})", Pattern.CASE_INSENSITIVE);
    private static final String NO_ERROR = "0+";

    private Receipts() {}

    /** Empty where it tells of no end: one on the way, or one that cannot be read. */
    static Optional<Receipt> read(SmscSettings smsc, DeliverSm pdu) {
        String text = new String(pdu.getShortMessage(), StandardCharsets.ISO_8859_1);
        Optional<String> id = parameterId(pdu).or(() -> found(ID, text));
        Optional<Receipt.State> state =
                parameterState(pdu).or(() -> found(STAT, text).flatMap(Receipts::state));
        if (id.isEmpty() || state.isEmpty()) {
            return Optional.empty();
        }
        String error =
                found(ERROR, text).filter(code -> !code.matches(NO_ERROR)).orElse("");
        return Optional.of(new Receipt(smsc.name(), smsc.ids().ofReceipt(id.get()), state.get(), error));
    }

    private static Optional<String> parameterId(DeliverSm pdu) {
        return Optional.ofNullable(pdu.getOptionalParameter(OptionalParameter.Receipted_message_id.class))
                .map(parameter -> parameter.getValueAsString().strip())
                .filter(id -> !id.isEmpty());
    }

    private static Optional<Receipt.State> parameterState(DeliverSm pdu) {
        return Optional.ofNullable(pdu.getOptionalParameter(OptionalParameter.Message_state.class))
                .flatMap(parameter -> switch (parameter.getValue()) {
                    case 2 -> Optional.of(Receipt.State.DELIVERED);
                    case 3 -> Optional.of(Receipt.State.EXPIRED);
                    case 4, 5 -> Optional.of(Receipt.State.UNDELIVERED);
                    case 7 -> Optional.of(Receipt.State.UNKNOWN);
                    case 8 -> Optional.of(Receipt.State.REJECTED);
                    default -> Optional.empty();
                });
    }

    private static Optional<Receipt.State> state(String stat) {
        return switch (stat.toUpperCase(Locale.ROOT)) {
            case "DELIVRD" -> Optional.of(Receipt.State.DELIVERED);
            case "EXPIRED" -> Optional.of(Receipt.State.EXPIRED);
            case "DELETED", "UNDELIV" -> Optional.of(Receipt.State.UNDELIVERED);
            case "UNKNOWN" -> Optional.of(Receipt.State.UNKNOWN);
            case "REJECTD" -> Optional.of(Receipt.State.REJECTED);
            default -> Optional.empty();
        };
    }

    private static Optional<String> found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
