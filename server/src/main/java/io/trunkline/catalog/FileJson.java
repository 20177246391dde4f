package io.trunkline.catalog;

import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import tools.jackson.core.io.JsonStringEncoder;

/** Entries of the catalog file as JSON, which the same reader reads again: every value is a text. */
final class FileJson {
    private FileJson() {}

    static String of(Node node) {
        return switch (node) {
            case MappingNode mapping ->
                mapping.getValue().stream()
                        .map(tuple -> of(tuple.getKeyNode()) + ":" + of(tuple.getValueNode()))
                        .collect(Collectors.joining(",", "{", "}"));
            case SequenceNode sequence ->
                sequence.getValue().stream().map(FileJson::of).collect(Collectors.joining(",", "[", "]"));
            case ScalarNode scalar -> quoted(scalar.getValue());
            default -> throw new IllegalArgumentException("no JSON is made of " + node.getNodeId());
        };
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }
}
