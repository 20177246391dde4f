package io.trunkline.simulators.mail;

import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.journal.AtomicFile;
import io.trunkline.simulators.journal.Journal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All mails: one file each, and an index. A mail is stored when its line is in the index; a file without one was never
 * acknowledged and is removed at the next start.
 */
final class Mailbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final String ENDING = ".eml";
    private static final Pattern ID = Pattern.compile("mail_(\\d{12})");

    private final Path directory;
    private final Journal index;
    private final Clock clock;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<String, StoredMail> byId;
    private final Map<String, TreeMap<String, StoredMail>> byRecipient = new HashMap<>();
    private long last;

    private Mailbox(Path directory, Journal index, NavigableMap<String, StoredMail> byId, Clock clock, int most) {
        this.directory = directory;
        this.index = index;
        this.byId = byId;
        this.clock = clock;
        this.most = most;
        byId.values().forEach(this::addToRecipients);
        this.last = byId.isEmpty() ? 0 : number(byId.lastKey());
    }

    /** @param most mails that are kept; of more, the oldest go */
    static Mailbox open(Path directory, Clock clock, int most) throws IOException {
        Path messages = Files.createDirectories(directory.resolve("messages"));
        NavigableMap<String, StoredMail> byId = new TreeMap<>();
        Journal index = Journal.open(directory.resolve("index.journal"), line -> {
            StoredMail mail = Json.parse(line, StoredMail.class);
            byId.put(mail.id(), mail);
        });
        int lines = byId.size();
        Set<String> files = new HashSet<>();
        try (DirectoryStream<Path> there = Files.newDirectoryStream(messages)) {
            for (Path file : there) {
                String name = file.getFileName().toString();
                String id = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : "";
                if (byId.containsKey(id)) {
                    files.add(id);
                } else {
                    Files.delete(file);
                }
            }
        }
        // A mail's file goes when it is one too many; its line goes at the next start.
        byId.keySet().retainAll(files);
        if (lines > byId.size() + Journal.COMPACT_FROM_LINES) {
            index.compact(byId.values().stream().map(Json::line).toList());
        }
        return new Mailbox(messages, index, byId, clock, most);
    }

    /** Stores a mail; it is durable against a kill of the process when this returns. */
    StoredMail store(String from, List<String> to, byte[] source) throws IOException {
        String id = nextId();
        AtomicFile.write(file(id), source);
        StoredMail mail = new StoredMail(
                id,
                from,
                List.copyOf(to),
                ParsedMail.subject(source),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        lock.lock();
        try {
            index.append(List.of(Json.line(mail)));
            byId.put(id, mail);
            addToRecipients(mail);
            while (byId.size() > most) {
                removeOldest();
            }
        } finally {
            lock.unlock();
        }
        return mail;
    }

    private String nextId() {
        lock.lock();
        try {
            last++;
            return String.format(Locale.ROOT, "mail_%012d", last);
        } finally {
            lock.unlock();
        }
    }

    /** Rises with each mail; never given twice. */
    static long number(String id) {
        Matcher matcher = ID.matcher(id);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private void addToRecipients(StoredMail mail) {
        for (String address : keys(mail)) {
            byRecipient.computeIfAbsent(address, key -> new TreeMap<>()).put(mail.id(), mail);
        }
    }

    private static Set<String> keys(StoredMail mail) {
        Set<String> keys = new HashSet<>();
        for (String recipient : mail.to()) {
            String address = recipient.toLowerCase(Locale.ROOT);
            keys.add(address);
            // What is sent to name+detail@domain lies in the mailbox of name@domain, too (RFC 5233).
            keys.add(address.replaceFirst("\\+[^@]*(?=@[^@]*$)", ""));
        }
        return keys;
    }

    private void removeOldest() {
        StoredMail oldest = byId.pollFirstEntry().getValue();
        for (String address : keys(oldest)) {
            TreeMap<String, StoredMail> mails = byRecipient.get(address);
            if (mails != null) {
                mails.remove(oldest.id());
                if (mails.isEmpty()) {
                    byRecipient.remove(address);
                }
            }
        }
        try {
            Files.deleteIfExists(file(oldest.id()));
        } catch (IOException stays) {
            LOG.warn("{} could not be removed: {}", file(oldest.id()), stays.getMessage());
        }
    }

    /**
     * Mails, newest first.
     *
     * @param to an envelope recipient, without regard to case; empty for everybody's
     * @param before only mails older than the one with this id; empty for all
     */
    List<StoredMail> list(String to, String before, int limit) {
        lock.lock();
        try {
            NavigableMap<String, StoredMail> mails =
                    to.isEmpty() ? byId : byRecipient.getOrDefault(to.toLowerCase(Locale.ROOT), new TreeMap<>());
            SortedMap<String, StoredMail> older = before.isEmpty() ? mails : mails.headMap(before, false);
            return older.sequencedValues().reversed().stream().limit(limit).toList();
        } finally {
            lock.unlock();
        }
    }

    /** All of a mailbox, oldest first. */
    List<StoredMail> all(String to) {
        return list(to, "", Integer.MAX_VALUE).reversed();
    }

    Optional<StoredMail> find(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(byId.get(id));
        } finally {
            lock.unlock();
        }
    }

    /** The mail as it came (RFC 5322). */
    byte[] source(StoredMail mail) throws IOException {
        return Files.readAllBytes(file(mail.id()));
    }

    private Path file(String id) {
        return directory.resolve(id + ENDING);
    }

    @Override
    public void close() throws IOException {
        index.close();
    }
}
