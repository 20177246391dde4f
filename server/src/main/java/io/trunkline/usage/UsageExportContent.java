package io.trunkline.usage;

import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;

/**
 * The file of an export, out of its parts: each is read by itself, so that nobody who takes long holds a connection.
 *
 * @param sql single statements
 */
record UsageExportContent(Sql sql, OrganizationId organization, UsageExport export) {
    void writeTo(OutputStream out) throws IOException {
        writeTo(out, () -> true);
    }

    /**
     * Stops where it is told to.
     *
     * @param goesOn is asked before each part
     * @return whether all was written
     * @throws IOException where the other side has ended, or a part is not kept any more
     */
    boolean writeTo(OutputStream out, BooleanSupplier goesOn) throws IOException {
        for (int number = 0; number < export.written().parts(); number++) {
            if (!goesOn.getAsBoolean()) {
                return false;
            }
            int wanted = number;
            byte[] part = UsageExportStore.part(sql, organization, export.id(), number)
                    .orElseThrow(() -> new IOException("part " + wanted + " of " + export.id() + " is gone"));
            if (export.terms().gzip()) {
                out.write(part);
            } else {
                try (var plain = new GZIPInputStream(new ByteArrayInputStream(part))) {
                    plain.transferTo(out);
                }
            }
        }
        return true;
    }
}
