package io.trunkline.springdatarest;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.rest.core.config.Projection;

/** A line with everything that belongs to it written out, as the API's transclusion does. */
@Projection(name = "whole", types = Subscription.class)
public interface Whole {
    UUID getId();

    Account getAccount();

    Subscriber getSubscriber();

    String getStatus();

    Instant getCreatedAt();

    @Nullable Instant getTerminatedAt();

    List<Profile> getSimProfiles();

    List<PhoneLine> getPhoneNumbers();

    List<Service> getServices();

    /** The profile. */
    interface Profile {
        String getIccid();

        @Nullable String getEid();

        String getState();

        @Nullable String getSmdpAddress();
    }

    /** A number. */
    interface PhoneLine {
        String getMsisdn();

        String getCountry();

        boolean isPrimary();
    }

    /** A service. */
    interface Service {
        String getType();

        boolean isEnabled();
    }
}
