package io.trunkline.sms;

import io.trunkline.ids.Msisdn;
import io.trunkline.network.smsc.Encoding;
import io.trunkline.network.smsc.Segments;
import io.trunkline.web.Body;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * What a request to send a text says. Whatever is not valid is noted in the body's violations and absent here.
 *
 * @param to each once, in the order of the request
 */
record SmsRequest(
        Optional<Msisdn> from,
        List<Msisdn> to,
        Optional<String> text,
        Optional<Segments> segments,
        Optional<Instant> sendAt,
        Optional<Duration> validity) {
    /** Of the reference. */
    static final String NUMBER = "^(\\+\\d{1,15}|\\d{1,15})$";

    private static final int LONGEST_TEXT = 500;
    private static final Shape.Length TO_COUNT = new Shape.Length(1, 1_000);
    private static final Shape.Length NUMBER_LENGTH = new Shape.Length(1, 16);

    static SmsRequest read(Body body, Instant now) {
        Shape sms = body.shape();
        Optional<Msisdn> from = sms.matching("from", true, NUMBER, Msisdn::parse);
        List<Msisdn> to =
                sms.texts("to", true, TO_COUNT, NUMBER_LENGTH, SmsRequest::numberFault).orElse(List.of()).stream()
                        .flatMap(number -> Msisdn.parse(number).stream())
                        .distinct()
                        .toList();
        Optional<String> text = sms.matching("text", true, "text", Optional::of).filter(words -> isText(sms, words));
        Optional<Encoding> encoding =
                sms.oneOf("encoding", false, "gsm7", "ucs2").map(Encoding::of);
        Optional<Instant> sendAt =
                sms.matching("send_at", false, "RFC 3339", SmsRequest::moment).filter(at -> isSoon(sms, at, now));
        Optional<Duration> validity = sms.matching("validity", false, "an ISO 8601 duration", SmsRequest::duration)
                .filter(length -> isValidity(sms, length));
        sms.end();
        return new SmsRequest(from, to, text, text.flatMap(words -> segments(sms, words, encoding)), sendAt, validity);
    }

    private static Optional<String> numberFault(String number) {
        return Msisdn.parse(number).isPresent()
                ? Optional.empty()
                : Optional.of("expected a number that matches " + NUMBER);
    }

    /** Control characters but line breaks and tabs, and halves of surrogate pairs, are of no text. */
    private static boolean isText(Shape sms, String words) {
        int size = words.codePointCount(0, words.length());
        if (size < 1 || size > LONGEST_TEXT) {
            sms.refuse("text", Violation.Code.RANGE, "expected 1 to " + LONGEST_TEXT + " characters, got " + size);
            return false;
        }
        boolean holds = words.codePoints()
                .noneMatch(c -> (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t')
                        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
        if (!holds) {
            sms.refuse(
                    "text",
                    Violation.Code.PATTERN,
                    "control characters other than line breaks and tabs are not allowed");
        }
        return holds;
    }

    private static Optional<Segments> segments(Shape sms, String words, Optional<Encoding> wanted) {
        if (wanted.equals(Optional.of(Encoding.GSM7)) && !Segments.fits(words)) {
            sms.refuse(
                    "encoding",
                    Violation.Code.NOT_ALLOWED,
                    "the text has characters that gsm7 lacks: leave encoding out, or say ucs2");
            return Optional.empty();
        }
        return Optional.of(wanted.map(encoding -> Segments.of(words, encoding)).orElseGet(() -> Segments.of(words)));
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isSoon(Shape sms, Instant at, Instant now) {
        boolean holds = !at.isBefore(now) && !at.isAfter(now.plus(SmsSettings.LATEST_START));
        if (!holds) {
            sms.refuse("send_at", Violation.Code.RANGE, "expected a moment of the next 7 days");
        }
        return holds;
    }

    private static Optional<Duration> duration(String text) {
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isValidity(Shape sms, Duration length) {
        boolean holds = length.compareTo(SmsSettings.SHORTEST_VALIDITY) >= 0
                && length.compareTo(SmsSettings.LONGEST_VALIDITY) <= 0;
        if (!holds) {
            sms.refuse("validity", Violation.Code.RANGE, "expected PT1M to P7D");
        }
        return holds;
    }
}
