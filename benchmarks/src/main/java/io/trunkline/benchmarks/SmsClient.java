package io.trunkline.benchmarks;

import io.trunkline.database.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Sends texts over the API, a thousand recipients a request, from one number of an organization's. */
final class SmsClient {
    static final String WORDS = "Thank you for using our service";
    private static final int RECIPIENTS = 1_000;
    /** Most recipients that are accepted and not yet at their end: more would only wait. */
    private static final long MOST_OPEN = 8_000;

    private static final long LOOK_AGAIN_NANOS = 10_000_000;
    private static final long FIRST_NUMBER = 447_911_000_000L;
    private static final long NUMBERS = 900_000;
    private static final String PATH = "/enterprise/sms";
    private static final String OPEN = "SELECT count(*) AS n FROM sms_recipients WHERE state IN ('accepted', 'sent')";

    private final Installation installation;
    private final String client;
    private final Tokens tokens;
    private final Database database;
    private final String from;
    private final AtomicLong next = new AtomicLong();

    /** @param client one of the installation's */
    SmsClient(Installation installation, Database database, String client, String from) {
        this.installation = installation;
        this.client = client;
        this.tokens = new Tokens(installation.url(), installation.senders());
        this.database = database;
        this.from = from;
    }

    static String number(long turn) {
        return Long.toString(FIRST_NUMBER + turn % NUMBERS);
    }

    long open() {
        return database.owner().one(OPEN, row -> row.longInteger("n")).orElse(0L);
    }

    /** Keeps so many open as is worth it until then; returns how many it sent, once the last has come to its end. */
    long asManyAsCanBe(long end) {
        Call call = call();
        long sent = 0;
        try (var connection = new JdkClient.Connection(installation.url())) {
            while (System.nanoTime() < end) {
                if (open() < MOST_OPEN) {
                    connection.send(call, body(RECIPIENTS));
                    sent += RECIPIENTS;
                } else {
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the last receipt", () -> open() == 0);
        return sent;
    }

    /** Accepts so many at once. */
    void accept(long recipients) {
        Call call = call();
        try (var connection = new JdkClient.Connection(installation.url())) {
            for (long left = recipients; left > 0; left -= RECIPIENTS) {
                connection.send(call, body(RECIPIENTS));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One text to one person. */
    void one(JdkClient.Connection connection) throws IOException {
        byte[] _ = connection.send(call(), body(1));
    }

    private Call call() {
        return tokens.calls(List.of(new Ask(client, PATH, ""))).getFirst();
    }

    private String body(int recipients) {
        long first = next.getAndAdd(recipients);
        String to = LongStream.range(first, first + recipients)
                .mapToObj(SmsClient::number)
                .collect(Collectors.joining("\",\""));
        return "{\"from\":\"%s\",\"to\":[\"%s\"],\"text\":\"%s\"}".formatted(from, to, WORDS);
    }
}
