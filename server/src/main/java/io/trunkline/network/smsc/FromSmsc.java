package io.trunkline.network.smsc;

/**
 * Takes what SMSCs hand over. When a call returns, it is kept for good and the SMSC is told so; when it throws, the
 * SMSC is told to try again.
 */
public interface FromSmsc {
    void receipt(Receipt receipt);

    void text(InboundPart part);
}
