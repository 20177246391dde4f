package io.trunkline.simulators.smdp;

import io.trunkline.simulators.smdp.Es2Request.FailedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the functions of ES2+ do to a profile (SGP.22 5.3.1 to 5.3.4). They decide only; {@link Profiles} writes.
 */
final class Es2Functions {
    private final Supplier<String> matchingIds;
    private final String knownSmds;

    /**
     * @param matchingIds makes one where an order brings none
     * @param knownSmds the SM-DS that this SM-DP+ can reach
     */
    Es2Functions(Supplier<String> matchingIds, String knownSmds) {
        this.matchingIds = matchingIds;
        this.knownSmds = knownSmds;
    }

    /** SGP.22 5.3.1. Available → Allocated, or Linked where an EID comes along. */
    Outcome downloadOrder(Es2Request request, Stock stock) {
        Optional<String> iccid = request.iccid();
        Optional<String> type = request.profileType();
        Optional<String> eid = request.eid();
        Profile profile = iccid.isPresent() ? known(stock, iccid.get()) : picked(stock, type);
        allowed(profile, request.requester());
        if (type.isPresent() && !type.get().equals(profile.profileType())) {
            throw stock.knowsType(type.get())
                    ? new FailedException(
                            StatusCode.TYPE_REFUSED,
                            type.get(),
                            "the profile is of type " + profile.profileType() + ", not " + type.get())
                    : new FailedException(StatusCode.TYPE_UNKNOWN, type.get(), "unknown profile type");
        }
        if (profile.state() != ProfileState.AVAILABLE) {
            throw inUse(profile);
        }
        return new Outcome.Executed(profile.ordered(eid.orElse(null), request.requester()));
    }

    private static Profile picked(Stock stock, Optional<String> type) {
        String wanted = type.orElseThrow(() -> new FailedException(
                StatusCode.ICCID_OR_TYPE_MISSING, "", "expected iccid or profileType, neither came"));
        return stock.pick(wanted)
                .orElseThrow(() -> stock.knowsType(wanted)
                        ? new FailedException(StatusCode.TYPE_UNAVAILABLE, wanted, "no profile of this type is left")
                        : new FailedException(StatusCode.TYPE_UNKNOWN, wanted, "unknown profile type"));
    }

    /** SGP.22 5.3.2. Allocated or Linked → Confirmed, or Released where the release flag is set. */
    Outcome confirmOrder(Es2Request request, Stock stock) {
        boolean release = request.releaseFlag();
        Optional<String> wanted = request.matchingId();
        Optional<String> eid = request.eid();
        Optional<String> smds = request.smdsAddress();
        Optional<String> code = request.confirmationCode();
        Profile profile = known(stock, request.requiredIccid());
        allowed(profile, request.requester());
        sameEid(profile, eid);
        if (wanted.isPresent()) {
            Optional<String> holder = stock.holderOf(wanted.get());
            if (holder.isPresent() && !holder.get().equals(profile.iccid())) {
                throw new FailedException(
                        StatusCode.MATCHING_ID_IN_USE, wanted.get(), "the MatchingID is used by another profile");
            }
        }
        if (profile.state() == ProfileState.AVAILABLE) {
            throw new FailedException(
                    StatusCode.ICCID_TRANSITION, profile.iccid(), "no download was ordered for this profile");
        }
        if (profile.state() != ProfileState.ALLOCATED && profile.state() != ProfileState.LINKED) {
            throw inUse(profile);
        }
        String linked = eid.orElse(profile.eid());
        String matchingId = wanted.orElseGet(() -> unused(stock));
        // Without a MatchingID, or over a discovery service, a device is recognised by its EID alone.
        if (linked == null && (smds.isPresent() || matchingId.isEmpty())) {
            throw new FailedException(
                    StatusCode.EID_MISSING,
                    profile.iccid(),
                    "an EID is needed with an smdsAddress or an empty matchingId");
        }
        if (smds.isPresent() && !smds.get().equalsIgnoreCase(knownSmds)) {
            throw new FailedException(
                    StatusCode.SMDS_INACCESSIBLE, smds.get(), "this SM-DS is not reached, only " + knownSmds);
        }
        return new Outcome.Executed(profile.confirmed(
                release, linked, matchingId, code.map(Es2Functions::sha256).orElse(null), smds.orElse(null)));
    }

    private String unused(Stock stock) {
        String matchingId = matchingIds.get();
        while (stock.holderOf(matchingId).isPresent()) {
            matchingId = matchingIds.get();
        }
        return matchingId;
    }

    /** SGP.22 5.3.3. An order not yet downloaded → Available or Unavailable; a free profile may be canceled again. */
    Outcome cancelOrder(Es2Request request, Stock stock) {
        ProfileState last = request.finalState();
        Optional<String> eid = request.eid();
        Optional<String> matchingId = request.matchingId();
        Profile profile = known(stock, request.requiredIccid());
        allowed(profile, request.requester());
        if (profile.state().isFree()) {
            return new Outcome.Executed(profile.canceled(last));
        }
        if (!profile.state().isOrdered()) {
            throw inUse(profile);
        }
        sameEid(profile, eid);
        if (matchingId.isPresent() && !matchingId.get().equals(profile.matchingId())) {
            throw new FailedException(
                    StatusCode.MATCHING_ID_OTHER, matchingId.get(), "the order has another MatchingID");
        }
        return new Outcome.Executed(profile.canceled(last));
    }

    /** SGP.22 5.3.4. Confirmed → Released. */
    Outcome releaseProfile(Es2Request request, Stock stock) {
        Profile profile = known(stock, request.requiredIccid());
        allowed(profile, request.requester());
        if (profile.state() != ProfileState.CONFIRMED) {
            throw new FailedException(
                    StatusCode.ICCID_TRANSITION,
                    profile.iccid(),
                    "a profile is released from Confirmed, not from "
                            + profile.state().word());
        }
        return new Outcome.Executed(profile.released());
    }

    private static Profile known(Stock stock, String iccid) {
        return stock.find(iccid)
                .orElseThrow(() -> new FailedException(StatusCode.ICCID_UNKNOWN, iccid, "unknown ICCID"));
    }

    private static void allowed(Profile profile, String requester) {
        String owner = profile.requester();
        if (owner != null && !owner.equals(requester)) {
            throw new FailedException(
                    StatusCode.ICCID_NOT_ALLOWED, profile.iccid(), "the profile was ordered by another requester");
        }
    }

    private static void sameEid(Profile profile, Optional<String> eid) {
        String linked = profile.eid();
        if (linked != null && eid.isPresent() && !eid.get().equals(linked)) {
            throw new FailedException(StatusCode.EID_OTHER, eid.get(), "the order is linked to another EID");
        }
    }

    private static FailedException inUse(Profile profile) {
        return new FailedException(
                StatusCode.ICCID_IN_USE,
                profile.iccid(),
                "the profile is " + profile.state().word());
    }

    private static String sha256(String code) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
