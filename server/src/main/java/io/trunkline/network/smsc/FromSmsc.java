package io.trunkline.network.smsc;

import java.util.concurrent.CompletionStage;

/**
 * Takes what SMSCs hand over. Neither waits: when what a call returns completes, it is kept for good and the SMSC is
 * told so; when that fails, or the call throws, the SMSC is told to try again.
 */
public interface FromSmsc {
    CompletionStage<Boolean> receipt(Receipt receipt);

    CompletionStage<Boolean> text(InboundPart part);
}
