package io.trunkline.usage;

import java.util.List;
import java.util.Optional;

/**
 * Lines of one source that are taken together.
 *
 * @param run of the file or request that they come in
 * @param file its name
 * @param header of a CSV, so that a line that is put aside can be read again
 */
record FeedBatch(long run, Optional<String> file, Optional<String> header, List<FeedLine> lines) {}
