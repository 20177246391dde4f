package io.trunkline.simulators;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the simulators are started.
 *
 * @param stateDirectory where everything lies that survives them
 * @param bind the address to listen on
 * @param controlPort of the control interface and the mailbox; 0 for the port of the last time, or a free one
 * @param smdpPort of ES2+; 0 likewise
 * @param smtpPort 0 likewise
 * @param imapPort of the mailboxes over IMAP; 0 likewise
 * @param hlrPort of the HLR's control interface; 0 likewise
 * @param hlrRestPort of the HLR's documents over HTTP; 0 likewise
 * @param smppPort of the SMSC; 0 likewise
 * @param smdpAddress the SM-DP+'s name in activation codes
 * @param smdsAddress the discovery service that the SM-DP+ can reach
 * @param mailboxLimit how many mails are kept, and how many texts; of more, the oldest go
 * @param usageDrop where files of live usage go; empty: there is none
 */
public record SimulatorsConfig(
        Path stateDirectory,
        String bind,
        int controlPort,
        int smdpPort,
        int smtpPort,
        int imapPort,
        int hlrPort,
        int hlrRestPort,
        int smppPort,
        String smdpAddress,
        String smdsAddress,
        int mailboxLimit,
        Optional<Path> usageDrop) {
    static final int DEFAULT_MAILBOX_LIMIT = 500_000;

    /** All defaults: loopback, remembered or free ports. */
    public static SimulatorsConfig of(Path stateDirectory) {
        return new SimulatorsConfig(
                stateDirectory,
                "127.0.0.1",
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                "smdp.trunkline.invalid",
                "smds.trunkline.invalid",
                DEFAULT_MAILBOX_LIMIT,
                Optional.empty());
    }
}
