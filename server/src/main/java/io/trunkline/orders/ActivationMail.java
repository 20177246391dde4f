package io.trunkline.orders;

import io.trunkline.accounts.Organization;
import io.trunkline.accounts.Organizations;
import io.trunkline.letters.Letter;
import io.trunkline.letters.Letters;
import io.trunkline.letters.Slot;
import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.network.smdp.ActivationCode;
import io.trunkline.qr.QrCode;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscriptions.PhoneNumber;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The mail that brings an activation code, in the person's language and the organization's name. */
@Component
class ActivationMail {
    /** Opened on an iPhone with iOS 17.4 or later, it offers to install what the code names. */
    private static final String IOS_LINK = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=";
    /** The same on Android, on phones whose maker has taken it over. */
    private static final String ANDROID_LINK = "https://esimsetup.android.com/esim_qrcode_provisioning?carddata=";

    private static final String PNG = "image/png";

    private final Letters letters;
    private final Organizations organizations;
    private final ReturnPaths returns;
    private final Optional<String> replyTo;

    ActivationMail(
            Letters letters,
            Organizations organizations,
            ReturnPaths returns,
            @Value("${trunkline.mail.reply-to:}") String replyTo) {
        this.letters = letters;
        this.organizations = organizations;
        this.returns = returns;
        this.replyTo = Optional.of(replyTo).filter(address -> !address.isEmpty());
        if (!this.replyTo.map(OutgoingMail::isAddress).orElse(true)) {
            throw new IllegalArgumentException(
                    "trunkline.mail.reply-to is a mail address such as help@example.com, not \"" + replyTo + "\"");
        }
    }

    /** One to be sent; whoever it goes to, it is the same. */
    record Sending(
            Order order,
            Subscriber subscriber,
            Delivery delivery,
            OrderStore.KeptDelivery kept,
            List<String> recipients,
            ActivationCode code,
            boolean repeated) {}

    OutgoingMail of(Sending sending) {
        Organization organization = organizations.get(sending.order().organization());
        Optional<String> answers = organization.replyTo().or(() -> replyTo);
        byte[] png = QrCode.of(sending.code().lpa()).png(QrCode.DEFAULT_SCALE);
        var picture = new OutgoingMail.Picture("qr." + sending.kept().id() + "@trunkline.invalid", PNG, png);
        List<String> languages = Stream.of(
                        Optional.ofNullable(sending.subscriber().person().locale()), organization.language())
                .flatMap(Optional::stream)
                .toList();
        Letter letter = letters.activation(languages, values(sending, organization, answers, picture));
        return new OutgoingMail(
                sending.kept().messageId(),
                null,
                organization.mailName().orElse(null),
                answers.orElse(null),
                sending.delivery().to(),
                sending.delivery().cc(),
                letter.subject(),
                letter.text(),
                new OutgoingMail.Html(letter.html(), List.of(picture)),
                List.of(new OutgoingMail.Attachment("esim-qr-code.png", PNG, png)),
                sending.order().correlationId(),
                sending.kept().createdAt(),
                sending.recipients(),
                returns.of(sending.kept().id()).orElse(null),
                sending.repeated());
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // Private.
    private static Map<Slot, String> values(
            Sending sending, Organization organization, Optional<String> replyTo, OutgoingMail.Picture picture) {
        Subscriber.Person person = sending.subscriber().person();
        ActivationCode code = sending.code();
        var values = new EnumMap<Slot, String>(Slot.class);
        values.put(Slot.PERSON, person.firstName() + " " + person.lastName());
        values.put(Slot.ORGANIZATION, organization.shownName());
        values.put(Slot.NUMBERS, numbers(sending.order().phoneNumbers()));
        values.put(Slot.REPLY_TO, replyTo.orElse(""));
        values.put(Slot.CODE, code.lpa());
        values.put(Slot.SMDP_ADDRESS, code.smdpAddress());
        values.put(Slot.MATCHING_ID, code.matchingId());
        values.put(Slot.IOS_LINK, IOS_LINK + code.lpa());
        values.put(Slot.ANDROID_LINK, ANDROID_LINK + code.lpa());
        values.put(Slot.QR, "cid:" + picture.id());
        return values;
    }

    private static String numbers(List<PhoneNumber> numbers) {
        return numbers.stream().map(number -> "+" + number.msisdn()).collect(Collectors.joining(", "));
    }
}
