package io.trunkline.ids;

import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidCreator;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** An identifier that is {@code prefix_} + 26 characters of ULID outside and a UUID inside. */
public sealed interface Id
        permits AccountId,
                BatchId,
                DeliveryId,
                ExportId,
                OfferingId,
                OrderId,
                OrganizationId,
                ProductId,
                SmsId,
                SubscriberId,
                SubscriptionId,
                TemplateId,
                UsageItemId {

    /** What a text that has the right pattern but is no ULID becomes: an id that nothing ever has. */
    UUID NOBODY = new UUID(0, 0);

    int ULID_LENGTH = 26;

    UUID value();

    String prefix();

    /** The id as the API shows it, e.g. {@code acc_01HTQ8VBN4DEJP5S8BPV4657VG}. */
    default String text() {
        return prefix() + Ulid.from(value());
    }

    /** A new value whose order among others is that of {@code at}, to the millisecond. */
    static UUID newValue(Instant at) {
        return UlidCreator.getUlid(at.toEpochMilli()).toUuid();
    }

    /**
     * Judges by the reference's pattern ({@code ^prefix_[0-9A-Z]{26}$}) alone.
     *
     * @return empty when the text does not match; {@link #NOBODY} when it matches but is no canonical ULID (its sample
     *     {@code otpl_A00ABCDRT1F00AVRPTAQ5XQFUT} is none), since such an id is well formed and unknown
     */
    static Optional<UUID> parse(String prefix, String text) {
        if (text.length() != prefix.length() + ULID_LENGTH || !text.startsWith(prefix)) {
            return Optional.empty();
        }
        String ulid = text.substring(prefix.length());
        for (int i = 0; i < ULID_LENGTH; i++) {
            char c = ulid.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) {
                return Optional.empty();
            }
        }
        // The decoder reads I, L and O as digits: only the spelling that we would write ourselves is one of ours.
        return Optional.of(
                Ulid.isValid(ulid) && Ulid.from(ulid).toString().equals(ulid)
                        ? Ulid.from(ulid).toUuid()
                        : NOBODY);
    }
}
