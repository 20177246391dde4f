package io.trunkline.network.hlr;

import io.trunkline.network.Outcome;
import java.util.List;

/** What several commands come to. */
final class CtrlOutcomes {
    private CtrlOutcomes() {}

    /**
     * Accepted where all of them were carried out, rejected where none had an effect, else unknown.
     *
     * @param commands of the replies, in the same order
     */
    static Outcome<Hlr.Done> all(List<CtrlReply> replies, CtrlCommand... commands) {
        if (replies.stream().allMatch(CtrlReply.Done.class::isInstance)) {
            return new Outcome.Accepted<>(new Hlr.Done());
        }
        if (replies.stream().allMatch(CtrlReply::isWithoutEffect)) {
            return refusal(replies, commands);
        }
        return new Outcome.Unknown<>(replies.stream()
                .filter(CtrlReply.Lost.class::isInstance)
                .findFirst()
                .map(lost -> ((CtrlReply.Lost) lost).reason())
                .orElse("the HLR carried out a part of what was asked"));
    }

    /** What the first one that was refused, or not sent, says. */
    static Outcome<Hlr.Done> refusal(List<CtrlReply> replies, CtrlCommand... commands) {
        for (int i = 0; i < commands.length; i++) {
            switch (replies.get(i)) {
                case CtrlReply.Refused refused -> {
                    return refused.code().rejected(refused.detail(commands[i]));
                }
                case CtrlReply.NotSent(String reason) -> {
                    return HlrCode.UNREACHABLE.rejected(reason);
                }
                case CtrlReply.Done _, CtrlReply.Lost _ -> {
                    // Another one says why.
                }
            }
        }
        throw new IllegalArgumentException("none of " + commands.length + " commands was refused");
    }
}
