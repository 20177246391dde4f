package io.trunkline.usage;

import io.trunkline.database.Slice;
import io.trunkline.ids.ExportId;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.usage.UsageExports.Asked;
import io.trunkline.usage.UsageExports.Asking;
import io.trunkline.web.Body;
import io.trunkline.web.Created;
import io.trunkline.web.Exchange;
import io.trunkline.web.Idempotency;
import io.trunkline.web.Json;
import io.trunkline.web.Page;
import io.trunkline.web.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Usage as files. */
@RestController
@Needs(Licence.USAGE)
class UsageExportResource {
    private final UsageExports exports;
    private final Idempotency idempotency;

    UsageExportResource(UsageExports exports, Idempotency idempotency) {
        this.exports = exports;
        this.idempotency = idempotency;
    }

    @PostMapping(UsageExport.PATH)
    ResponseEntity<byte[]> place(Caller caller, Exchange exchange) {
        Body body = exchange.body();
        exchange.parameters().check();
        Asked asked = Asked.read(body);
        return idempotency.once(caller.organization(), caller.clientId(), exchange, body, sql -> {
            UsageExport export = exports.place(sql, asked, body, asking(caller, exchange));
            return Created.later(export.path(), export::write);
        });
    }

    @GetMapping(UsageExport.PATH)
    ResponseEntity<byte[]> list(Caller caller, Exchange exchange) {
        Page page = exchange.page(caller.organization());
        exchange.parameters().check();
        Slice.Rows<UsageExport> rows = exports.list(caller.organization(), page.slice());
        return exchange.list("exports", page, rows, (Json json, UsageExport export) -> export.write(json));
    }

    @GetMapping(UsageExport.PATH + "/{id}")
    ResponseEntity<byte[]> get(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        UsageExport export = exports.find(caller.organization(), known(id)).orElseThrow(Refusal::notFound);
        return exchange.resource(export::write);
    }

    @GetMapping(UsageExport.PATH + "/{id}/download")
    void download(Caller caller, Exchange exchange, @PathVariable String id, HttpServletResponse response)
            throws IOException {
        exchange.parameters().check();
        UsageExport export = exports.open(known(id), asking(caller, exchange));
        UsageExport.Terms terms = export.terms();
        exchange.download(
                response,
                new Exchange.Download(
                        terms.gzip() ? UsageExportFormat.GZIP : terms.format().type(),
                        terms.fileName(export.id()),
                        Objects.requireNonNull(export.written().sha256()),
                        Objects.requireNonNull(export.written().size()),
                        exports.content(caller.organization(), export)::writeTo));
    }

    @DeleteMapping(UsageExport.PATH + "/{id}")
    ResponseEntity<byte[]> end(Caller caller, Exchange exchange, @PathVariable String id) {
        exchange.parameters().check();
        UsageExport export = exports.end(known(id), asking(caller, exchange));
        return exchange.changed(export::write);
    }

    private static Asking asking(Caller caller, Exchange exchange) {
        return new Asking(caller, exchange.correlationId());
    }

    private static ExportId known(String id) {
        return ExportId.parse(id).orElseThrow(Refusal::notFound);
    }
}
