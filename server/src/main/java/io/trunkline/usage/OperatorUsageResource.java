package io.trunkline.usage;

import io.trunkline.database.Database;
import io.trunkline.database.Slice;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.usage.FeedReader.Packing;
import io.trunkline.web.ErrorCode;
import io.trunkline.web.Exchange;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Parameters;
import io.trunkline.web.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The operator's side of usage: feeds, and what could not be rated. */
@RestController
@Needs(Licence.OPERATOR)
class OperatorUsageResource {
    private static final Pattern SOURCE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final String DEFAULT_SOURCE = "http";

    private final Database database;
    private final FeedRequests requests;
    private final UsageAudit audit;

    OperatorUsageResource(Database database, FeedRequests requests, UsageAudit audit) {
        this.database = database;
        this.requests = requests;
        this.audit = audit;
    }

    private static Optional<String> source(Parameters parameters) {
        return parameters.matching(
                "source", "^" + SOURCE + "$", text -> Optional.of(text).filter(SOURCE.asMatchPredicate()));
    }

    @PostMapping("/operator/usage/batches")
    ResponseEntity<byte[]> take(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String source = source(parameters).orElse(DEFAULT_SOURCE);
        boolean dryRun =
                parameters.oneOf("dry-run", "true", "false").map("true"::equals).orElse(false);
        parameters.check();
        boolean csv = isCsv(exchange);
        Packing packing = packing(exchange);
        try (var in = exchange.request().getInputStream()) {
            FeedCounts counts =
                    dryRun ? requests.check(source, in, packing, csv) : requests.take(source, in, packing, csv);
            return exchange.changed(json -> write(json, counts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isCsv(Exchange exchange) {
        String type = Optional.ofNullable(exchange.request().getContentType()).orElse("");
        return switch (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case "text/csv" -> true;
            case "application/x-ndjson" -> false;
            default ->
                throw Problem.of(
                                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                                "expected Content-Type: text/csv, application/x-ndjson")
                        .withHeader("Accept", "text/csv, application/x-ndjson")
                        .refusal();
        };
    }

    private static Packing packing(Exchange exchange) {
        String coding = Optional.ofNullable(exchange.request().getHeader("Content-Encoding"))
                .orElse("identity");
        return switch (coding) {
            case "identity" -> Packing.PLAIN;
            case "gzip" -> Packing.GZIP;
            case "zstd" -> Packing.ZSTD;
            default ->
                throw Problem.of(
                                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                                "expected Content-Encoding: identity, gzip or zstd, got " + coding)
                        .withHeader("Accept-Encoding", "gzip, zstd")
                        .refusal();
        };
    }

    private static void write(Json json, FeedCounts counts) {
        json.number("accepted", counts.accepted())
                .number("repeated", counts.repeated())
                .number("quarantined_total", counts.aside())
                .objects(
                        "quarantined",
                        counts.quarantined(),
                        (entry, line) -> entry.number("line", line.line())
                                .text("record_id", line.recordId())
                                .text("reason", line.reason().text()));
    }

    @GetMapping("/operator/usage/sources")
    ResponseEntity<byte[]> sources(Exchange exchange) {
        exchange.parameters().check();
        return exchange.resource(json -> json.objects(
                "sources",
                FeedStore.sources(database.owner()),
                (entry, source) -> entry.text("name", source.name())
                        .text("state", source.state())
                        .text("reason", source.reason())
                        .number("accepted", source.accepted())
                        .number("repeated", source.repeated())
                        .number("quarantined", source.quarantined())
                        .time("heard_at", source.heardAt())));
    }

    @GetMapping("/operator/usage/quarantine")
    ResponseEntity<byte[]> quarantine(Caller caller, Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<String> reason = reason(parameters);
        Optional<String> source = source(parameters);
        Page page = exchange.page(caller.organization());
        parameters.check();
        Slice.Rows<FeedStore.Kept> rows = FeedStore.quarantine(database.owner(), reason, source, page.slice());
        return exchange.list(
                "quarantine",
                page,
                rows,
                (json, kept) -> json.text("id", kept.id().toString())
                        .text("source", kept.source())
                        .text("reason", kept.reason())
                        .text("record_id", kept.recordId())
                        .text("file", kept.file())
                        .number("line", kept.line())
                        .text("original", kept.original())
                        .time("at", kept.at()));
    }

    private static Optional<String> reason(Parameters parameters) {
        return parameters.matching(
                "reason", "^[a-z_]{1,40}$", text -> FeedReason.of(text).map(FeedReason::text));
    }

    @PostMapping("/operator/usage/quarantine/retry")
    ResponseEntity<byte[]> retry(Exchange exchange) {
        Optional<String> reason = reason(exchange.parameters());
        Optional<String> source = source(exchange.parameters());
        exchange.parameters().check();
        FeedCounts counts = requests.retry(reason.orElse(null), source.orElse(null));
        return exchange.changed(json -> write(json, counts));
    }

    @GetMapping("/operator/usage/audit")
    ResponseEntity<byte[]> audit(Exchange exchange) {
        exchange.parameters().check();
        return exchange.resource(json -> json.objects(
                        "sums",
                        audit.offSums(),
                        (entry, sum) -> entry.text("organization", sum.organization())
                                .text("holder", sum.holder())
                                .text("day", sum.day())
                                .number("items", sum.items())
                                .text("quantity", sum.quantity())
                                .text("charged_quantity", sum.chargedQuantity())
                                .text("cost_micros", sum.costMicros()))
                .objects(
                        "differences",
                        audit.differences(),
                        (entry, difference) -> entry.text("organization", difference.organization())
                                .text("holder", difference.holder())
                                .text("allowance", difference.allowance())
                                .time("from", difference.from())
                                .number("balance", difference.balance())
                                .number("items", difference.items())));
    }
}
