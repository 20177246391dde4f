package io.trunkline.network.hlr;

import io.trunkline.ids.Imsi;
import io.trunkline.ids.Msisdn;
import io.trunkline.network.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * OsmoHLR by its control interface. Thread-safe; closing it ends the calls under way.
 *
 * <p>It knows circuit-switched (voice and SMS together) and packet-switched services, and one number for an IMSI. It
 * has no transactions: a function of ours is several commands. So each looks first, then sends what is missing, in an
 * order in which every part of it can be taken up again.
 */
public final class CtrlHlr implements Hlr, AutoCloseable {
    private final CtrlLink link;
    private final Admission calls;

    public CtrlHlr(CtrlSettings settings) {
        this.link = new CtrlLink(settings);
        this.calls = new Admission(settings.maxConcurrentCalls(), settings.maxWait());
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.CS_AND_PS;
    }

    @Override
    public Outcome<Done> provision(Line line, SimKeys keys, String correlation) {
        return possible(
                line.services(),
                () -> ask(line.imsi(), line.number())
                        .then(found -> LineRules.provisioning(line, found.byImsi(), found.byNumber())
                                .<Outcome<Done>>map(code -> code.rejected(""))
                                .orElseGet(() -> make(line, keys, found.byImsi().isPresent()))));
    }

    /** The number comes last: who has it can be called. */
    private Outcome<Done> make(Line line, SimKeys keys, boolean isThere) {
        Imsi imsi = line.imsi();
        CtrlCommand[] commands = {
            isThere ? CtrlCommand.info(imsi) : CtrlCommand.create(imsi),
            CtrlCommand.keys(imsi, keys),
            CtrlCommand.circuitSwitched(imsi, line.services().voice()),
            CtrlCommand.packetSwitched(imsi, line.services().data()),
            line.number() == null ? CtrlCommand.noNumber(imsi) : CtrlCommand.number(imsi, line.number())
        };
        List<CtrlReply> replies = link.exchange(commands);
        Outcome<Done> outcome = CtrlOutcomes.all(replies, commands);
        boolean halfMade = !isThere
                && replies.getFirst() instanceof CtrlReply.Done
                && replies.stream().anyMatch(CtrlReply.Refused.class::isInstance)
                && replies.stream().noneMatch(CtrlReply.Lost.class::isInstance);
        return halfMade ? unmake(imsi, CtrlOutcomes.refusal(replies, commands)) : outcome;
    }

    /** A refusal has no effect: what was made before it goes. */
    private Outcome<Done> unmake(Imsi imsi, Outcome<Done> refusal) {
        CtrlCommand delete = CtrlCommand.delete(imsi);
        return switch (link.exchange(delete).getFirst()) {
            case CtrlReply.Done _ -> refusal;
            case CtrlReply.Refused _, CtrlReply.Lost _, CtrlReply.NotSent _ ->
                new Outcome.Unknown<>("the HLR refused a part, and what was made before could not be taken back");
        };
    }

    @Override
    public Outcome<Done> setServices(Imsi imsi, Services services, String correlation) {
        return possible(services, () -> {
            CtrlCommand[] commands = {
                CtrlCommand.info(imsi),
                CtrlCommand.circuitSwitched(imsi, services.voice()),
                CtrlCommand.packetSwitched(imsi, services.data())
            };
            List<CtrlReply> replies = link.exchange(commands);
            // Without a line, the other two are told no more than that "an error has occurred".
            return replies.getFirst() instanceof CtrlReply.Refused refused && refused.code() == HlrCode.NO_SUCH_LINE
                    ? HlrCode.NO_SUCH_LINE.rejected("")
                    : CtrlOutcomes.all(replies.subList(1, 3), commands[1], commands[2]);
        });
    }

    @Override
    public Outcome<Done> moveNumber(Msisdn number, Imsi from, Imsi to, String correlation) {
        return calls.admit(() -> ask(to, number).then(found -> switch (LineRules.moving(
                number, from, to, found.byImsi(), found.byNumber())) {
            case LineRules.Move.Nothing() -> new Outcome.Accepted<>(new Done());
            case LineRules.Move.Refused(HlrCode code) -> code.rejected("");
            case LineRules.Move.Set() -> send(CtrlCommand.number(to, number));
            case LineRules.Move.FreeAndSet() -> send(CtrlCommand.noNumber(from), CtrlCommand.number(to, number));
        }));
    }

    private Outcome<Done> send(CtrlCommand... commands) {
        return CtrlOutcomes.all(link.exchange(commands), commands);
    }

    @Override
    public Outcome<Done> delete(Imsi imsi, String correlation) {
        return calls.admit(() -> {
            CtrlCommand delete = CtrlCommand.delete(imsi);
            List<CtrlReply> replies = link.exchange(delete);
            return replies.getFirst() instanceof CtrlReply.Refused refused && refused.code() == HlrCode.NO_SUCH_LINE
                    ? new Outcome.Accepted<>(new Done())
                    : CtrlOutcomes.all(replies, delete);
        });
    }

    @Override
    public Outcome<Optional<Line>> find(Imsi imsi, String correlation) {
        return calls.admit(() -> found(CtrlCommand.info(imsi)));
    }

    @Override
    public Outcome<Optional<Line>> find(Msisdn number, String correlation) {
        return calls.admit(() -> found(CtrlCommand.info(number)));
    }

    private Outcome<Optional<Line>> found(CtrlCommand info) {
        return line(link.exchange(info).getFirst(), info);
    }

    private record Found(Optional<Line> byImsi, Optional<Line> byNumber) {}

    /** Who is there under the IMSI, and who has the number. */
    private Outcome<Found> ask(Imsi imsi, @Nullable Msisdn number) {
        CtrlCommand byImsi = CtrlCommand.info(imsi);
        if (number == null) {
            return found(byImsi).then(line -> new Outcome.Accepted<>(new Found(line, Optional.empty())));
        }
        CtrlCommand byNumber = CtrlCommand.info(number);
        List<CtrlReply> replies = link.exchange(byImsi, byNumber);
        return line(replies.getFirst(), byImsi)
                .then(one ->
                        line(replies.getLast(), byNumber).then(other -> new Outcome.Accepted<>(new Found(one, other))));
    }

    private Outcome<Done> possible(Services services, Supplier<Outcome<Done>> call) {
        return capabilities()
                .refusal(services, 1)
                .<Outcome<Done>>map(code -> code.rejected(services.toString()))
                .orElseGet(() -> calls.admit(call));
    }

    private static Outcome<Optional<Line>> line(CtrlReply reply, CtrlCommand info) {
        return switch (reply) {
            case CtrlReply.Done(String value) ->
                parse(value)
                        .<Outcome<Optional<Line>>>map(line -> new Outcome.Accepted<>(Optional.of(line)))
                        .orElseGet(() -> new Outcome.Unknown<>("the HLR describes a line in a way that is not known"));
            case CtrlReply.Refused refused
            when refused.code() == HlrCode.NO_SUCH_LINE -> new Outcome.Accepted<>(Optional.empty());
            case CtrlReply.Refused _, CtrlReply.Lost _, CtrlReply.NotSent _ ->
                CtrlOutcomes.all(List.of(reply), info).then(_ -> new Outcome.Accepted<>(Optional.empty()));
        };
    }

    /** Lines of {@code name<TAB>value}. */
    private static Optional<Line> parse(String info) {
        Map<String, String> values = new HashMap<>();
        info.lines()
                .map(line -> line.split("\t", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> values.put(pair[0], pair[1].strip()));
        boolean circuitSwitched = "1".equals(values.get("nam_cs"));
        boolean packetSwitched = "1".equals(values.get("nam_ps"));
        var services = new Services(circuitSwitched, circuitSwitched, packetSwitched);
        Optional<Msisdn> number = Optional.ofNullable(values.get("msisdn")).flatMap(Msisdn::parse);
        return Optional.ofNullable(values.get("imsi"))
                .flatMap(Imsi::parse)
                .map(imsi -> new Line(imsi, number.orElse(null), services));
    }

    @Override
    public void close() {
        link.close();
    }
}
