package io.trunkline.simulators.hlr;

import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The register and its journal: each change is in the journal before anybody is told of it. */
final class Subscribers implements AutoCloseable {
    /** A line of the journal: exactly one of the two. */
    private record Change(
            @Nullable Subscriber subscriber, @Nullable String deleted) {}

    private final Journal journal;
    private final NavigableMap<String, Subscriber> byImsi;
    private final Map<String, String> imsiOfNumber = new HashMap<>();
    private final NavigableMap<Long, String> byId = new TreeMap<>();

    private Subscribers(Journal journal, NavigableMap<String, Subscriber> byImsi) {
        this.journal = journal;
        this.byImsi = byImsi;
        byImsi.values().forEach(subscriber -> {
            noteNumber(subscriber);
            byId.put(subscriber.id(), subscriber.imsi());
        });
    }

    static Subscribers open(Path file) throws IOException {
        NavigableMap<String, Subscriber> all = new TreeMap<>();
        Journal journal = Journal.open(file, line -> {
            Change change = Json.parse(line, Change.class);
            Subscriber subscriber = change.subscriber();
            if (subscriber != null) {
                all.put(subscriber.imsi(), subscriber);
            }
            if (change.deleted() != null) {
                all.remove(change.deleted());
            }
        });
        if (journal.lines() > Math.max(Journal.COMPACT_FROM_LINES, 2L * all.size())) {
            journal.compact(all.values().stream()
                    .map(subscriber -> Json.line(new Change(subscriber, null)))
                    .toList());
        }
        return new Subscribers(journal, all);
    }

    /** A number belongs to one subscriber alone. */
    static final class NumberTakenException extends RuntimeException {
        NumberTakenException() {
            super("another subscriber has the number", null, false, false);
        }
    }

    synchronized Optional<Subscriber> find(String imsi) {
        return Optional.ofNullable(byImsi.get(imsi));
    }

    synchronized Optional<Subscriber> findByNumber(String msisdn) {
        return Optional.ofNullable(imsiOfNumber.get(msisdn)).map(byImsi::get);
    }

    synchronized Optional<Subscriber> findById(long id) {
        return Optional.ofNullable(byId.get(id)).map(byImsi::get);
    }

    /** By IMSI ascending, at most {@code limit} of them, all behind {@code after}. */
    synchronized List<Subscriber> list(String after, int limit) {
        return byImsi.tailMap(after, false).values().stream().limit(limit).toList();
    }

    /** A new one; empty where there is one already. */
    synchronized Optional<Subscriber> create(String imsi) {
        if (byImsi.containsKey(imsi)) {
            return Optional.empty();
        }
        return Optional.of(put(Subscriber.fresh(nextId(), imsi)));
    }

    /**
     * Changes one; empty where there is none.
     *
     * @throws NumberTakenException then nothing is changed
     */
    synchronized Optional<Subscriber> change(String imsi, UnaryOperator<Subscriber> change) {
        return find(imsi).map(before -> put(change.apply(before)));
    }

    /**
     * The subscriber as it shall be, new or not; true where it is new.
     *
     * @throws NumberTakenException then nothing is changed
     */
    synchronized boolean createOrChange(String imsi, UnaryOperator<Subscriber> change) {
        Optional<Subscriber> before = find(imsi);
        put(change.apply(before.orElseGet(() -> Subscriber.fresh(nextId(), imsi))));
        return before.isEmpty();
    }

    synchronized Optional<Subscriber> delete(String imsi) {
        Optional<Subscriber> before = find(imsi);
        before.ifPresent(subscriber -> {
            journal.append(List.of(Json.line(new Change(null, imsi))));
            byImsi.remove(imsi);
            byId.remove(subscriber.id());
            forgetNumber(subscriber);
        });
        return before;
    }

    private Subscriber put(Subscriber subscriber) {
        String holder = subscriber.msisdn() == null ? null : imsiOfNumber.get(subscriber.msisdn());
        if (holder != null && !holder.equals(subscriber.imsi())) {
            throw new NumberTakenException();
        }
        journal.append(List.of(Json.line(new Change(subscriber, null))));
        Subscriber before = byImsi.put(subscriber.imsi(), subscriber);
        if (before != null) {
            forgetNumber(before);
        }
        noteNumber(subscriber);
        byId.put(subscriber.id(), subscriber.imsi());
        return subscriber;
    }

    /** As SQLite gives them: one more than the largest that is there. */
    private long nextId() {
        return byId.isEmpty() ? 1 : byId.lastKey() + 1;
    }

    private void noteNumber(Subscriber subscriber) {
        if (subscriber.msisdn() != null) {
            imsiOfNumber.put(subscriber.msisdn(), subscriber.imsi());
        }
    }

    private void forgetNumber(Subscriber subscriber) {
        if (subscriber.msisdn() != null) {
            imsiOfNumber.remove(subscriber.msisdn(), subscriber.imsi());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        journal.close();
    }
}
