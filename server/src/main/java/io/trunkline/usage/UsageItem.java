package io.trunkline.usage;

import io.trunkline.ids.AccountId;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.ProductId;
import io.trunkline.ids.SubscriberId;
import io.trunkline.ids.SubscriptionId;
import io.trunkline.ids.UsageItemId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a line has used and what it is charged for it: a call, a message, a data session, or the part of one that is
 * charged alike.
 *
 * @param id its time is that of the event's start
 * @param origin of what record it is; null where it came of none, as what is loaded in bulk
 */
public record UsageItem(
        UsageItemId id,
        Holder holder,
        Event event,
        Charge charge,
        @Nullable Origin origin) {
    public UsageItem(UsageItemId id, Holder holder, Event event, Charge charge) {
        this(id, holder, event, charge, null);
    }

    public UsageItem {
        if (!id.startedAt().equals(event.startedAt())) {
            throw new IllegalArgumentException(
                    id + " is of " + id.startedAt() + ", but the usage started at " + event.startedAt());
        }
    }

    /**
     * Whose it is, as things were when it happened.
     *
     * @param product what it is charged to
     */
    public record Holder(
            OrganizationId organization,
            SubscriptionId subscription,
            SubscriberId subscriber,
            AccountId account,
            ProductId product) {}

    /**
     * What happened.
     *
     * @param ownNumber the line's number, where it has one
     * @param otherNumber the other party's; null where that is no number, withheld, or there is none
     * @param otherAddress of another party that is no number: a short code, an alphanumeric sender
     * @param country where the line was, ISO 3166-1 alpha-2; null where that is in no country
     * @param startedAt to the millisecond
     * @param quantity seconds, bytes or messages
     */
    public record Event(
            Type type,
            Direction direction,
            @Nullable Technology technology,
            @Nullable Long ownNumber,
            @Nullable Long otherNumber,
            @Nullable String otherAddress,
            @Nullable String country,
            boolean roaming,
            boolean recorded,
            Instant startedAt,
            Instant endedAt,
            long quantity) {
        /** The same where it is judged anew whether it was abroad. */
        Event roaming(boolean abroad) {
            return new Event(
                    type,
                    direction,
                    technology,
                    ownNumber,
                    otherNumber,
                    otherAddress,
                    country,
                    abroad,
                    recorded,
                    startedAt,
                    endedAt,
                    quantity);
        }

        /** The same with a part of the quantity. */
        Event with(long part) {
            return new Event(
                    type,
                    direction,
                    technology,
                    ownNumber,
                    otherNumber,
                    otherAddress,
                    country,
                    roaming,
                    recorded,
                    startedAt,
                    endedAt,
                    part);
        }
    }

    /**
     * What it costs.
     *
     * @param micros in millionths of a minor unit of the currency
     * @param currency ISO 4217
     */
    public record Charge(CostType type, long quantity, long micros, String currency) {}

    /**
     * Of what record of a feed it is.
     *
     * @param part the how manieth item of the record, from 1
     * @param continued whether the record is a second or later part of a session
     * @param consumed what it has taken from which allowances; null where it took from none
     */
    public record Origin(
            int source,
            String recordId,
            int part,
            boolean continued,
            @Nullable String consumed) {}

    /** A letter in the table, a word outside. */
    interface Coded {
        char letter();

        String text();

        /** For each row several times: without a stream. */
        static <T extends Coded> T of(T[] values, char letter) {
            for (T value : values) {
                if (value.letter() == letter) {
                    return value;
                }
            }
            throw new IllegalArgumentException("'" + letter + "' is none of the letters of " + Arrays.toString(values));
        }
    }

    /** What kind of usage, and what it is counted in. */
    public enum Type implements Coded {
        VOICE('v', "seconds"),
        DATA('d', "bytes"),
        SMS('s', "messages");

        private final char letter;
        private final String text = name().toLowerCase(Locale.ROOT);
        private final String unit;

        Type(char letter, String unit) {
            this.letter = letter;
            this.unit = unit;
        }

        @Override
        public char letter() {
            return letter;
        }

        @Override
        public String text() {
            return text;
        }

        String unit() {
            return unit;
        }
    }

    /** As the line sees it. */
    public enum Direction implements Coded {
        INBOUND('i'),
        OUTBOUND('o');

        private final char letter;
        private final String text = name().toLowerCase(Locale.ROOT);

        Direction(char letter) {
            this.letter = letter;
        }

        @Override
        public char letter() {
            return letter;
        }

        @Override
        public String text() {
            return text;
        }
    }

    /** By what it was carried. */
    public enum Technology implements Coded {
        CS('c', "cs"),
        VOLTE('l', "volte"),
        VOWIFI('w', "vowifi"),
        G2('2', "2g"),
        G3('3', "3g"),
        G4('4', "4g"),
        G5('5', "5g"),
        SMS('s', "sms");

        private final char letter;
        private final String text;

        Technology(char letter, String text) {
            this.letter = letter;
            this.text = text;
        }

        @Override
        public char letter() {
            return letter;
        }

        @Override
        public String text() {
            return text;
        }
    }

    /** Whether it costs something, and out of what it was taken. */
    public enum CostType implements Coded {
        FREE('f'),
        IN_BUNDLE('b'),
        OUT_OF_BUNDLE('o');

        private final char letter;
        private final String text = name().toLowerCase(Locale.ROOT);

        CostType(char letter) {
            this.letter = letter;
        }

        @Override
        public char letter() {
            return letter;
        }

        @Override
        public String text() {
            return text;
        }
    }
}
