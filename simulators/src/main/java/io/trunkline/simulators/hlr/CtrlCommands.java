package io.trunkline.simulators.hlr;

import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of the control interface do (OsmoHLR User Manual, "Control interface"): {@code GET <id> <variable>}
 * and {@code SET <id> <variable> <value>}, answered by {@code GET_REPLY}, {@code SET_REPLY} or {@code ERROR}. Known are
 * {@code subscriber.create}, {@code subscriber.delete} and, of a subscriber {@code by-imsi-}, {@code by-msisdn-} or
 * {@code by-id-}: {@code info}, {@code info-aud}, {@code info-all}, {@code msisdn}, {@code aud3g}, {@code cs-enabled},
 * {@code ps-enabled}.
 */
final class CtrlCommands {
    private static final Pattern IMSI = Pattern.compile("\\d{6,15}");
    private static final Pattern MSISDN = Pattern.compile("\\d{1,15}");
    private static final Pattern ID = Pattern.compile("\\d{1,18}");
    private static final Pattern OF_ONE = Pattern.compile("subscriber\\.by-(imsi|msisdn|id)-([^.]*)\\.([a-z0-9-]+)");
    /** Milenage, K, which of the two follows, OP or OPc. */
    private static final Pattern AUD3G =
            Pattern.compile("milenage,([^,]*),(opc?),([^,]*)(?:,\\d{1,2})?", Pattern.CASE_INSENSITIVE);

    private static final Pattern KEY = Pattern.compile("[0-9a-fA-F]{32}");

    private final Subscribers subscribers;

    CtrlCommands(Subscribers subscribers) {
        this.subscribers = subscribers;
    }

    /** A command that was read. */
    record Command(String id, String variable, @Nullable String value) {
        /** What faults call it: the last word of its variable. */
        String operation() {
            return variable.substring(variable.lastIndexOf('.') + 1);
        }

        private boolean sets() {
            return value != null;
        }

        String error(String text) {
            return "ERROR " + id + " " + text;
        }
    }

    /** The command fails with this text. */
    private static final class ErrorException extends RuntimeException {
        ErrorException(String text) {
            super(text, null, false, false);
        }
    }

    /** Reads a command; what is none is told by the answer in the exception. */
    static Command parse(String text) throws NoCommandException {
        String[] words = text.split(" ", 4);
        boolean known = words[0].equals("GET") || words[0].equals("SET");
        if (!known) {
            throw new NoCommandException("ERROR err Request type unknown");
        }
        if (words.length < 2 || !words[1].matches("\\d{1,9}")) {
            throw new NoCommandException("ERROR err Invalid message ID number");
        }
        boolean sets = words[0].equals("SET");
        if (words.length < (sets ? 4 : 3)) {
            throw new NoCommandException("ERROR " + words[1] + " " + words[0] + " incomplete");
        }
        if (!sets && words.length > 3) {
            throw new NoCommandException("ERROR " + words[1] + " GET with trailing characters");
        }
        return new Command(words[1], words[2], sets ? words[3] : null);
    }

    /** What came is no command. */
    static final class NoCommandException extends Exception {
        private final String answer;

        NoCommandException(String answer) {
            super(answer, null, false, false);
            this.answer = answer;
        }

        String answer() {
            return answer;
        }
    }

    /** Carries it out; what is answered. */
    String execute(Command command) {
        try {
            String reply = run(command);
            return (command.sets() ? "SET_REPLY " : "GET_REPLY ") + command.id() + " " + command.variable() + " "
                    + reply;
        } catch (ErrorException failed) {
            return command.error(String.valueOf(failed.getMessage()));
        }
    }

    private String run(Command command) {
        return switch (command.variable()) {
            case "subscriber.create" -> create(valueOf(command));
            case "subscriber.delete" -> delete(valueOf(command));
            default -> {
                Matcher matcher = OF_ONE.matcher(command.variable());
                if (!matcher.matches()) {
                    throw new ErrorException("Command not found");
                }
                yield ofOne(command, matcher.group(1), matcher.group(2), matcher.group(3));
            }
        };
    }

    private static String valueOf(Command command) {
        return Optional.ofNullable(command.value()).orElseThrow(() -> new ErrorException("Write Only attribute"));
    }

    private String create(String imsi) {
        if (!IMSI.matcher(imsi).matches()) {
            throw new ErrorException("Invalid IMSI value.");
        }
        return subscribers
                .create(imsi)
                .map(subscriber -> Long.toString(subscriber.id()))
                .orElseThrow(() -> new ErrorException("Subscriber already exists."));
    }

    private String delete(String imsi) {
        if (!IMSI.matcher(imsi).matches()) {
            throw new ErrorException("Invalid IMSI value.");
        }
        return subscribers
                .delete(imsi)
                .map(subscriber -> Long.toString(subscriber.id()))
                .orElseThrow(() -> new ErrorException("Subscriber doesn't exist."));
    }

    private String ofOne(Command command, String kind, String key, String variable) {
        String value = command.value();
        if (value != null) {
            return set(value, kind, key, variable);
        }
        return variable.equals("info-aud") ? keys(kind, key) : get(found(kind, key), variable);
    }

    private Subscriber found(String kind, String key) {
        Pattern shape = kind.equals("imsi") ? IMSI : kind.equals("msisdn") ? MSISDN : ID;
        if (!shape.matcher(key).matches()) {
            throw new ErrorException("Invalid value part of 'by-xxx-value' selector.");
        }
        Optional<Subscriber> found = switch (kind) {
            case "imsi" -> subscribers.find(key);
            case "msisdn" -> subscribers.findByNumber(key);
            default -> subscribers.findById(Long.parseLong(key));
        };
        return found.orElseThrow(() -> new ErrorException("No such subscriber."));
    }

    private static String get(Subscriber subscriber, String variable) {
        return switch (variable) {
            case "info" -> info(subscriber);
            case "info-all" -> info(subscriber) + keys(subscriber);
            case "msisdn" -> Optional.ofNullable(subscriber.msisdn()).orElse("none");
            case "cs-enabled" -> flag(subscriber.csEnabled());
            case "ps-enabled" -> flag(subscriber.psEnabled());
            case "aud3g" ->
                Optional.ofNullable(subscriber.keys())
                        .map(keys -> "MILENAGE," + keys.k() + ","
                                + keys.variant().toUpperCase(Locale.ROOT) + "," + keys.operator() + ",5")
                        .orElse("none");
            default -> throw new ErrorException("Command not found");
        };
    }

    private static String info(Subscriber subscriber) {
        return "\nid\t" + subscriber.id() + "\nimsi\t" + subscriber.imsi()
                + (subscriber.msisdn() == null ? "" : "\nmsisdn\t" + subscriber.msisdn())
                + "\nnam_cs\t" + flag(subscriber.csEnabled()) + "\nnam_ps\t" + flag(subscriber.psEnabled())
                + "\nms_purged_cs\t0\nms_purged_ps\t0\nperiodic_lu_timer\t0\nperiodic_rau_tau_timer\t0"
                + "\nlmsi\t00000000";
    }

    /** By an IMSI that nobody has there are none: that it is nobody's is not told. */
    private String keys(String kind, String key) {
        return kind.equals("imsi")
                ? subscribers.find(key).map(CtrlCommands::keys).orElse("")
                : keys(found(kind, key));
    }

    private static String keys(Subscriber subscriber) {
        return Optional.ofNullable(subscriber.keys())
                .map(keys -> "\naud3g.algo\tMILENAGE\naud3g.k\t" + keys.k() + "\naud3g." + keys.variant() + "\t"
                        + keys.operator() + "\naud3g.ind_bitlen\t5\naud3g.sqn\t0")
                .orElse("");
    }

    private static String flag(boolean set) {
        return set ? "1" : "0";
    }

    /** A value is verified before anybody looks who it is for. */
    private String set(String value, String kind, String key, String variable) {
        switch (variable) {
            case "msisdn" -> {
                verify(value.equals("none") || MSISDN.matcher(value).matches());
                change(kind, key, subscriber -> subscriber.withMsisdn(value.equals("none") ? null : value));
            }
            case "cs-enabled" -> {
                verify(value.matches("[01]"));
                changeService(kind, key, one -> one.withServices(value.equals("1"), one.psEnabled()));
            }
            case "ps-enabled" -> {
                verify(value.matches("[01]"));
                changeService(kind, key, one -> one.withServices(one.csEnabled(), value.equals("1")));
            }
            case "aud3g" -> {
                verify(value.equalsIgnoreCase("none") || value.contains(","));
                change(kind, key, subscriber -> withKeys(subscriber, parseKeys(value)));
            }
            case "info", "info-aud", "info-all" -> throw new ErrorException("Read Only attribute");
            default -> throw new ErrorException("Command not found");
        }
        return "OK";
    }

    private static void verify(boolean holds) {
        if (!holds) {
            throw new ErrorException("Value failed verification.");
        }
    }

    private static Subscriber withKeys(Subscriber subscriber, Subscriber.@Nullable Keys keys) {
        if (keys == null && subscriber.keys() == null) {
            throw new ErrorException("Update aud3g failed.");
        }
        return subscriber.withKeys(keys);
    }

    private static Subscriber.@Nullable Keys parseKeys(String value) {
        if (value.equalsIgnoreCase("none")) {
            return null;
        }
        if (!value.toLowerCase(Locale.ROOT).startsWith("milenage,")) {
            throw new ErrorException("Unknown auth algorithm.");
        }
        Matcher matcher = AUD3G.matcher(value);
        if (!matcher.matches()) {
            throw new ErrorException("Invalid format.");
        }
        if (!KEY.matcher(matcher.group(1)).matches()) {
            throw new ErrorException("Invalid KI.");
        }
        if (!KEY.matcher(matcher.group(3)).matches()) {
            throw new ErrorException("Invalid OP/OPC.");
        }
        return new Subscriber.Keys(matcher.group(1), matcher.group(2).toLowerCase(Locale.ROOT), matcher.group(3));
    }

    private void change(String kind, String key, UnaryOperator<Subscriber> change) {
        try {
            if (subscribers.change(found(kind, key).imsi(), change).isEmpty()) {
                throw new ErrorException("No such subscriber.");
            }
        } catch (Subscribers.NumberTakenException taken) {
            throw new ErrorException("Update MSISDN failed");
        }
    }

    /** By IMSI, the services alone do not say why they cannot be set. */
    private void changeService(String kind, String key, UnaryOperator<Subscriber> change) {
        try {
            change(kind, key, change);
        } catch (ErrorException failed) {
            throw kind.equals("imsi") ? new ErrorException("An error has occurred.") : failed;
        }
    }
}
