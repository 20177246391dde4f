package io.trunkline.network.hlr;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What came of one command. */
sealed interface CtrlReply {
    /** The HLR did it. */
    record Done(String value) implements CtrlReply {}

    /** The HLR did not do it. */
    record Refused(String text) implements CtrlReply {
        private static final int MAX_TEXT = 120;
        private static final Map<String, HlrCode> CODES = codes();

        /** An error that we do not know is the moment's, for all that we can tell. */
        HlrCode code() {
            HlrCode known = CODES.get(text);
            return known != null ? known : HlrCode.HLR_FAILED;
        }

        /** For people. Texts that we do not know may hold what was sent: keys. */
        String detail(CtrlCommand command) {
            boolean known = CODES.containsKey(text);
            String shown = known ? text : "an error of its own, " + Math.min(text.length(), MAX_TEXT) + " characters";
            return command + ": " + shown;
        }

        /** All texts of OsmoHLR 1.5 and of the control interface of libosmocore that a command of ours can meet. */
        private static Map<String, HlrCode> codes() {
            Map<HlrCode, Stream<String>> texts = Map.of(
                    HlrCode.NO_SUCH_LINE,
                    Stream.of("No such subscriber.", "Subscriber doesn't exist."),
                    HlrCode.IMSI_IN_USE,
                    Stream.of("Subscriber already exists."),
                    HlrCode.NUMBER_IN_USE,
                    Stream.of("Update MSISDN failed"),
                    HlrCode.NOT_VALID,
                    Stream.of(
                            "Invalid IMSI value.",
                            "Value failed verification.",
                            "Invalid value part of 'by-xxx-value' selector.",
                            "Invalid format",
                            "Invalid format.",
                            "Invalid KI.",
                            "Invalid OP/OPC.",
                            "SET incomplete",
                            "GET incomplete",
                            "SET with trailing characters",
                            "GET with trailing characters",
                            "SET variable contains invalid characters",
                            "GET variable contains invalid characters"),
                    HlrCode.NOT_SUPPORTED,
                    Stream.of(
                            "Command not found",
                            "Command not found.",
                            "Not a known subscriber 'by-xxx-' selector.",
                            "Unknown auth algorithm.",
                            "Read Only attribute",
                            "Write Only attribute"),
                    HlrCode.HLR_FAILED,
                    Stream.of(
                            "An error has occurred.",
                            "An unknown error has occurred during get_subscriber().",
                            "Cannot create subscriber.",
                            "Cannot delete subscriber.",
                            "Update aud3g failed.",
                            "Error retrieving data from database.",
                            "Error retrieving authentication data.",
                            "Error while resolving object",
                            "Error while parsing the index.",
                            "Command parser error.",
                            "Failed to allocate."));
            return texts.entrySet().stream()
                    .flatMap(entry -> entry.getValue().map(text -> Map.entry(text, entry.getKey())))
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }

    /** Nobody knows: it was sent, and no answer came that could be understood. */
    record Lost(String reason) implements CtrlReply {}

    /** Nothing of it was sent. */
    record NotSent(String reason) implements CtrlReply {}

    /**
     * A message of the HLR.
     *
     * @param id which command it answers
     * @param variable absent in an error
     */
    record Message(int id, @Nullable String variable, CtrlReply reply) {
        /** What the HLR says of its own accord is no answer. */
        static final int NO_ANSWER = -1;

        /**
         * Reads {@code SET_REPLY <id> <variable> <value>}, {@code GET_REPLY} likewise, {@code ERROR <id> <text>} and
         * {@code TRAP …}.
         *
         * @throws MalformedException where it is none of them
         */
        static Message parse(String text) throws MalformedException {
            String[] words = text.split(" ", 3);
            if (words[0].equals("TRAP")) {
                return new Message(NO_ANSWER, null, new Done(""));
            }
            if (words.length < 3 || !words[1].matches("\\d{1,9}")) {
                throw new MalformedException("a message that is no answer to a command");
            }
            int id = Integer.parseInt(words[1]);
            return switch (words[0]) {
                case "ERROR" -> new Message(id, null, new Refused(words[2]));
                case "GET_REPLY", "SET_REPLY" -> {
                    int space = words[2].indexOf(' ');
                    String variable = space < 0 ? words[2] : words[2].substring(0, space);
                    yield new Message(id, variable, new Done(space < 0 ? "" : words[2].substring(space + 1)));
                }
                default -> throw new MalformedException("a message of an unknown kind");
            };
        }

        /** What the command hears. */
        CtrlReply to(CtrlCommand command) {
            return variable == null || variable.equals(command.variable())
                    ? reply
                    : new Lost("the HLR answered for another variable than that of " + command);
        }
    }

    /** What came is not of the protocol. */
    final class MalformedException extends Exception {
        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** Whether the command surely had no effect. */
    default boolean isWithoutEffect() {
        return this instanceof Refused || this instanceof NotSent;
    }
}
