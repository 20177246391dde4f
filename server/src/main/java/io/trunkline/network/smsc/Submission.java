package io.trunkline.network.smsc;

import io.trunkline.network.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.SMPPSession;

/** Writes submit_sm (SMPP 3.4, 4.4.1) and reads how it ended. */
final class Submission {
    private static final byte[] NOTHING = {};
    private static final int UDHI = 0x40;
    private static final int RECEIPT = 1;
    private static final int HEADER_OCTETS = 6;
    /** Longer short_messages go in message_payload whatever the peer prefers (SMPP 3.4, 5.2.21). */
    private static final int LONGEST_SHORT_MESSAGE = 254;

    private Submission() {}

    static Outcome<String> send(SMPPSession session, SmscSettings smsc, ShortMessage message) {
        boolean several = message.total() > 1;
        boolean header = several && smsc.concatenation() != SmscSettings.Concatenation.SAR;
        byte[] content = header ? withHeader(message) : message.part();
        boolean uncut = !several && content.length > message.encoding().octetsWhole();
        boolean payload = uncut || content.length > LONGEST_SHORT_MESSAGE;
        OptionalParameter[] parameters = payload
                ? new OptionalParameter[] {new OptionalParameter.Message_payload(content)}
                : several && !header ? sar(message) : new OptionalParameter[0];
        try {
            String id = session.submitShortMessage(
                            "",
                            TypeOfNumber.INTERNATIONAL,
                            NumberingPlanIndicator.ISDN,
                            message.from(),
                            TypeOfNumber.INTERNATIONAL,
                            NumberingPlanIndicator.ISDN,
                            message.to(),
                            new ESMClass(header ? UDHI : 0),
                            (byte) 0,
                            (byte) 0,
                            null,
                            relative(message.validity()),
                            new RegisteredDelivery(RECEIPT),
                            (byte) 0,
                            new RawDataCoding((byte) message.encoding().dataCoding()),
                            (byte) 0,
                            payload ? NOTHING : content,
                            parameters)
                    .getMessageId();
            return new Outcome.Accepted<>(smsc.ids().ofResponse(id));
        } catch (NegativeResponseException e) {
            return e.getCommandStatus() == BoundSession.LOST
                    ? new Outcome.Unknown<>("the connection was lost")
                    : refused(e.getCommandStatus());
        } catch (PDUException e) {
            return new Outcome.Rejected<>(
                    "not_smpp", "the message cannot be written in SMPP: " + e.getMessage(), false);
        } catch (ResponseTimeoutException e) {
            return new Outcome.Unknown<>("no answer in " + smsc.responseTimeout());
        } catch (InvalidResponseException e) {
            return new Outcome.Unknown<>("an answer that is none");
        } catch (IOException e) {
            return session.getSessionState().isTransmittable()
                    ? new Outcome.Unknown<>("the connection was lost")
                    : new Outcome.Rejected<>(Smsc.UNREACHABLE, "the bind was lost before", true);
        }
    }

    private static byte[] withHeader(ShortMessage message) {
        byte[] content = new byte[HEADER_OCTETS + message.part().length];
        content[0] = HEADER_OCTETS - 1;
        content[1] = 0;
        content[2] = 3;
        content[3] = (byte) message.reference();
        content[4] = (byte) message.total();
        content[5] = (byte) message.number();
        System.arraycopy(message.part(), 0, content, HEADER_OCTETS, message.part().length);
        return content;
    }

    private static OptionalParameter[] sar(ShortMessage message) {
        return new OptionalParameter[] {
            new OptionalParameter.Sar_msg_ref_num((short) message.reference()),
            new OptionalParameter.Sar_total_segments((byte) message.total()),
            new OptionalParameter.Sar_segment_seqnum((byte) message.number())
        };
    }

    /** SMPP 3.4, 7.1.1.2: years, months, days, hours, minutes, seconds from now. */
    static String relative(Duration validity) {
        return "0000%02d%02d%02d%02d000R"
                .formatted(
                        validity.toDays(), validity.toHoursPart(), validity.toMinutesPart(), validity.toSecondsPart());
    }

    /** SMPP 3.4, 5.1.3. */
    private static Outcome<String> refused(int status) {
        String code = "smpp_0x" + "%02x".formatted(status);
        return switch (status) {
            case SMPPConstant.STAT_ESME_RTHROTTLED, SMPPConstant.STAT_ESME_RMSGQFUL ->
                new Outcome.Rejected<>(Smsc.TOO_MUCH, "the SMSC wants less at a time: " + code, true);
            case SMPPConstant.STAT_ESME_RSYSERR, SMPPConstant.STAT_ESME_RX_T_APPN ->
                new Outcome.Rejected<>(code, "the SMSC has failed for now", true);
            default ->
                new Outcome.Rejected<>(
                        code,
                        "the SMSC refused the message with command_status "
                                + code.substring(code.indexOf('_') + 1)
                                        .toUpperCase(Locale.ROOT)
                                        .replace("0X", "0x"),
                        false);
        };
    }
}
