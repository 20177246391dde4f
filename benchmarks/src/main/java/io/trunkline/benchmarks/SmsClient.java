package io.trunkline.benchmarks;

import io.trunkline.database.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/** Sends texts over the API, a thousand recipients a request, from one number of an organization's. */
final class SmsClient {
    static final String WORDS = "Thank you for using our service";
    static final int RECIPIENTS = 1_000;
    private static final JsonMapper JSON = new JsonMapper();
    /** Most recipients that are accepted and not yet at their end: more would only wait. */
    private static final long MOST_OPEN = 10_000;

    /** In that time a thousand come to their end; to count them is work for the database, too. */
    private static final long LOOK_AGAIN_NANOS = 100_000_000;
    /** A token holds longer than so many requests take. */
    private static final int REQUESTS_A_TOKEN = 100;

    private static final long FIRST_NUMBER = 447_911_000_000L;
    private static final long NUMBERS = 900_000;
    private static final String PATH = "/enterprise/sms";
    private static final String OPEN = "SELECT count(*) AS n FROM sms_recipients WHERE state IN ";

    /** How far texts come. */
    enum End {
        /** Their receipts are kept. */
        RECEIPT(OPEN + "('accepted', 'sent')"),
        /** The SMSC has them, and gives no receipts. */
        SENT(OPEN + "('accepted')");

        private final String open;

        End(String open) {
            this.open = open;
        }
    }

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

    /** How many have not come so far. */
    long open(End end) {
        return database.owner().one(end.open, row -> row.longInteger("n")).orElse(0L);
    }

    /** Keeps so many open as is worth it until then; returns how many it sent, once the last has come to its end. */
    long asManyAsCanBe(long until, End end) {
        Call call = call();
        long sent = 0;
        try (var connection = new JdkClient.Connection(installation.url())) {
            while (System.nanoTime() < until) {
                if (open(end) < MOST_OPEN) {
                    connection.send(call, body(RECIPIENTS));
                    sent += RECIPIENTS;
                } else {
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the last of them", () -> open(end) == 0);
        return sent;
    }

    /** Accepts so many at once. */
    void accept(long recipients) {
        try (var connection = new JdkClient.Connection(installation.url())) {
            Call call = call();
            long requests = recipients / RECIPIENTS;
            for (long request = 1; request <= requests; request++) {
                connection.send(call, body(RECIPIENTS));
                if (request % REQUESTS_A_TOKEN == 0) {
                    call = call();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One text to one person; answers its id. */
    String one(JdkClient.Connection connection) throws IOException {
        return JSON.readTree(connection.send(call(), body(1))).path("sms_id").stringValue();
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
