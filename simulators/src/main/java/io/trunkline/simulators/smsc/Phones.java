package io.trunkline.simulators.smsc;

import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the SMSC knows: the texts that its phones show, segments that wait for others, and what has still to be handed
 * over. Each change is in the journal before anybody is told of it.
 */
final class Phones implements AutoCloseable {
    /** Texts that wait for their other segments; of more, the oldest go. */
    private static final int MOST_INCOMPLETE = 10_000;

    private static final int COMPACT_FROM_LINES = 100_000;

    /** A line of the journal; the number is the last that was given out. */
    private record Line(
            long last,
            @Nullable Part part,
            long atMillis,
            @Nullable Received received,
            List<Outgoing> outgoing,
            List<Long> done,
            @Nullable Behaviour behaviour) {}

    private record Key(String from, String to, int reference, int total) {}

    private final Journal journal;
    private final Clock clock;
    private final int most;
    private final Deque<Received> newest = new ArrayDeque<>();
    private final Map<String, Deque<Received>> byNumber = new HashMap<>();
    private final LinkedHashMap<Key, NavigableMap<Integer, Part>> incomplete = new LinkedHashMap<>();
    private final NavigableMap<Long, Outgoing> waiting = new TreeMap<>();
    private Behaviour behaviour = Behaviour.DEFAULT;
    private long last = 0x1a2b;

    private Phones(Path file, Clock clock, int most) throws IOException {
        this.clock = clock;
        this.most = most;
        this.journal = Journal.open(file, line -> replay(Json.parse(line, Line.class)));
        if (journal.lines() > Math.max(COMPACT_FROM_LINES, 2L * newest.size())) {
            journal.compact(snapshot());
        }
    }

    /** @param most texts that are kept; of more, the oldest go */
    static Phones open(Path file, Clock clock, int most) throws IOException {
        return new Phones(file, clock, most);
    }

    private List<String> snapshot() {
        Stream<Line> texts =
                newest.reversed().stream().map(text -> new Line(last, null, 0, text, List.of(), List.of(), null));
        Stream<Line> parts = incomplete.values().stream()
                .flatMap(some -> some.values().stream())
                .map(part -> new Line(last, part, 0, null, List.of(), List.of(), null));
        Line rest = new Line(last, null, 0, null, List.copyOf(waiting.values()), List.of(), behaviour);
        return Stream.concat(Stream.concat(texts, parts), Stream.of(rest))
                .map(Json::line)
                .toList();
    }

    private void replay(Line line) {
        last = Math.max(last, line.last());
        if (line.part() != null) {
            show(line.part(), Instant.ofEpochMilli(line.atMillis()));
        }
        if (line.received() != null) {
            keep(line.received());
        }
        if (line.behaviour() != null) {
            behaviour = line.behaviour();
        }
        line.outgoing().forEach(one -> waiting.put(one.id(), one));
        line.done().forEach(waiting::remove);
    }

    synchronized long nextId() {
        return ++last;
    }

    synchronized Behaviour behaviour() {
        return behaviour;
    }

    synchronized void behave(Behaviour wanted) {
        journal.append(List.of(Json.line(new Line(last, null, 0, null, List.of(), List.of(), wanted))));
        behaviour = wanted;
    }

    /**
     * Takes a part over, and what is to be handed over because of it.
     *
     * @param part null where it reaches no phone
     */
    synchronized void take(@Nullable Part part, List<Outgoing> outgoing) {
        Instant now = clock.instant();
        journal.append(List.of(Json.line(new Line(last, part, now.toEpochMilli(), null, outgoing, List.of(), null))));
        outgoing.forEach(one -> waiting.put(one.id(), one));
        if (part != null) {
            show(part, now);
        }
    }

    /** These have been taken by the other side. */
    synchronized void done(List<Long> ids) {
        journal.append(List.of(Json.line(new Line(last, null, 0, null, List.of(), ids, null))));
        ids.forEach(waiting::remove);
    }

    synchronized List<Outgoing> waiting() {
        return List.copyOf(waiting.values());
    }

    private void show(Part part, Instant at) {
        if (part.reference() < 0 || part.total() <= 1) {
            keep(received(List.of(part), at));
            return;
        }
        Key key = new Key(part.from(), part.to(), part.reference(), part.total());
        NavigableMap<Integer, Part> parts = incomplete.computeIfAbsent(key, _ -> new TreeMap<>());
        parts.put(part.number(), part);
        if (IntStream.rangeClosed(1, part.total()).allMatch(parts::containsKey)) {
            incomplete.remove(key);
            keep(received(List.copyOf(parts.values()), at));
        } else if (incomplete.size() > MOST_INCOMPLETE) {
            incomplete.pollFirstEntry();
        }
    }

    private Received received(List<Part> parts, Instant at) {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.text()));
        Part first = parts.getFirst();
        return new Received(
                ++last,
                number(first.to()),
                number(first.from()),
                text.toString(),
                parts.size(),
                Alphabet.name(first.dataCoding()),
                at);
    }

    private static String number(String address) {
        return address.startsWith("+") ? address.substring(1) : address;
    }

    private void keep(Received text) {
        newest.addFirst(text);
        byNumber.computeIfAbsent(text.to(), _ -> new ArrayDeque<>()).addFirst(text);
        while (newest.size() > most) {
            Received oldest = newest.removeLast();
            Deque<Received> others = byNumber.getOrDefault(oldest.to(), new ArrayDeque<>());
            others.removeLastOccurrence(oldest);
            if (others.isEmpty()) {
                byNumber.remove(oldest.to());
            }
        }
    }

    /**
     * Texts, newest first.
     *
     * @param number a phone's, in digits; empty for all phones
     */
    synchronized List<Received> list(String number, int limit) {
        Deque<Received> texts = number.isEmpty() ? newest : byNumber.getOrDefault(number(number), new ArrayDeque<>());
        List<Received> page = new ArrayList<>();
        for (Received text : texts) {
            if (page.size() == limit) {
                break;
            }
            page.add(text);
        }
        return page;
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
