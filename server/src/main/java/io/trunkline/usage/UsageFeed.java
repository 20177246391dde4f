package io.trunkline.usage;

import io.trunkline.usage.FeedReader.Packing;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.stereotype.Component;

/** Records in, for what runs in one process with the server: they go the way of those that come over HTTP. */
@Component
public class UsageFeed {
    private final FeedRequests requests;

    UsageFeed(FeedRequests requests) {
        this.requests = requests;
    }

    /** What became of records. */
    public record Taken(long accepted, long repeated, long quarantined) {
        public Taken plus(Taken more) {
            return new Taken(accepted + more.accepted, repeated + more.repeated, quarantined + more.quarantined);
        }
    }

    /**
     * Takes records in the feed's own format; one that has come from this source before is known by its id.
     *
     * @param ndjson a record a line, up to 32 MB
     */
    public Taken take(String source, String ndjson) {
        FeedCounts counts = requests.take(
                source, new ByteArrayInputStream(ndjson.getBytes(StandardCharsets.UTF_8)), Packing.PLAIN, false);
        return new Taken(counts.accepted(), counts.repeated(), counts.aside());
    }
}
