package io.trunkline.simulators.smdp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A profile that something has happened to.
 *
 * @param iccid 19 or 20 digits, without padding
 * @param eid 32 digits, of the device it is meant for
 * @param matchingId empty where a device finds it by its EID alone
 * @param downloadOrders how many DownloadOrders were executed
 * @param confirmOrders how many ConfirmOrders were executed
 * @param requester who ordered it: others may not touch it
 * @param confirmationCodeHash SHA-256 in hex; the code itself is not kept (SGP.22 5.3.2)
 * @param smdsAddress where its event is registered
 * @param unreported what devices did with it that its requester has not acknowledged, oldest first; absent: nothing
 */
record Profile(
        String iccid,
        ProfileState state,
        @Nullable String eid,
        @Nullable String matchingId,
        String profileType,
        int downloadOrders,
        int confirmOrders,
        @Nullable String requester,
        @Nullable String confirmationCodeHash,
        @Nullable String smdsAddress,
        @Nullable List<ProgressReport> unreported) {
    /** Without end a peer that is away would make a profile grow. */
    private static final int MOST_UNREPORTED = 16;

    static Profile fresh(String iccid, String profileType) {
        return new Profile(iccid, ProfileState.AVAILABLE, null, null, profileType, 0, 0, null, null, null, null);
    }

    Profile ordered(@Nullable String forEid, String by) {
        ProfileState next = forEid == null ? ProfileState.ALLOCATED : ProfileState.LINKED;
        return new Profile(
                iccid, next, forEid, null, profileType, downloadOrders + 1, confirmOrders, by, null, null, null);
    }

    Profile confirmed(
            boolean release,
            @Nullable String forEid,
            String matching,
            @Nullable String codeHash,
            @Nullable String smds) {
        ProfileState next = release ? ProfileState.RELEASED : ProfileState.CONFIRMED;
        return new Profile(
                iccid,
                next,
                forEid,
                matching,
                profileType,
                downloadOrders,
                confirmOrders + 1,
                requester,
                codeHash,
                smds,
                unreported);
    }

    Profile released() {
        return with(ProfileState.RELEASED, eid, waiting());
    }

    /** Nobody's again. The counts stay: they tell what was executed, not what is. */
    Profile canceled(ProfileState last) {
        return prepared(last, null, null, profileType);
    }

    Profile prepared(ProfileState as, @Nullable String forEid, @Nullable String matching, String type) {
        return new Profile(iccid, as, forEid, matching, type, downloadOrders, confirmOrders, null, null, null, null);
    }

    /** A device has come so far with it, and its requester is to hear of it. */
    Profile progressed(ProfileState next, ProgressReport report) {
        List<ProgressReport> reports = new ArrayList<>(waiting());
        reports.add(report);
        List<ProgressReport> latest = reports.subList(Math.max(0, reports.size() - MOST_UNREPORTED), reports.size());
        return with(next, report.eid(), List.copyOf(latest));
    }

    /** Its requester has acknowledged the report. */
    Profile acknowledged(ProgressReport report) {
        return with(
                state,
                eid,
                waiting().stream().filter(other -> !other.equals(report)).toList());
    }

    /** What is to be reported, oldest first. */
    List<ProgressReport> waiting() {
        return unreported == null ? List.of() : unreported;
    }

    private Profile with(ProfileState next, @Nullable String onEid, List<ProgressReport> reports) {
        return new Profile(
                iccid,
                next,
                onEid,
                matchingId,
                profileType,
                downloadOrders,
                confirmOrders,
                requester,
                confirmationCodeHash,
                smdsAddress,
                reports.isEmpty() ? null : reports);
    }
}
