package io.trunkline.orders;

import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.network.smdp.ActivationCode;
import io.trunkline.qr.QrCode;
import io.trunkline.subscribers.Subscriber;
import io.trunkline.subscriptions.PhoneNumber;
import java.util.List;
import java.util.stream.Collectors;

/** The mail that brings an activation code. */
final class ActivationMail {
    private static final String SUBJECT = "Your eSIM is ready";
    private static final String TEXT = """
            Hello {name},

            your eSIM is ready to be installed. You need the phone that is to use it, connected
            to the internet (Wi-Fi is best).

            With the QR code
              Open the picture attached to this mail on another screen, or print it.
              iPhone:  Settings > Mobile Service > Add eSIM > Use QR Code.
              Android: Settings > Network & internet > SIMs > Add SIM > Download a SIM instead.

            Without it
              Choose to enter the details by hand in the same place.
              Activation code:  {code}
              SM-DP+ address:   {address}
              Matching ID:      {matching}
            {numbers}
            The code works once, on one phone. Do not pass it on: who installs it uses your line.
            """;

    private ActivationMail() {}

    static OutgoingMail of(
            Order order,
            Subscriber subscriber,
            Delivery delivery,
            OrderStore.KeptDelivery kept,
            List<String> recipients,
            ActivationCode code,
            boolean repeated) {
        String text = TEXT.replace("{numbers}", numbers(order.phoneNumbers()))
                .replace("{code}", code.text())
                .replace("{address}", code.smdpAddress())
                .replace("{matching}", code.matchingId())
                .replace(
                        "{name}",
                        subscriber.person().firstName() + " "
                                + subscriber.person().lastName());
        var picture = new OutgoingMail.Attachment(
                "esim-qr-code.png", "image/png", QrCode.of(code.lpa()).png(QrCode.DEFAULT_SCALE));
        return new OutgoingMail(
                kept.messageId(),
                null,
                null,
                delivery.to(),
                delivery.cc(),
                SUBJECT,
                text,
                List.of(picture),
                order.correlationId(),
                kept.createdAt(),
                recipients,
                repeated);
    }

    private static String numbers(List<PhoneNumber> numbers) {
        return numbers.isEmpty()
                ? ""
                : numbers.stream()
                        .map(number -> "+" + number.msisdn())
                        .collect(Collectors.joining(", ", "\nYour number:  ", "\n"));
    }
}
