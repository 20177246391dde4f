package io.trunkline.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page of docs/, run: its commands as one shell session, and each answer shown has the fields and types of the one
 * given. With {@code -Dtrunkline.write-docs=true} the answers are written into the page.
 *
 * @param page its file's name
 */
public record Document(RunningServer server, World world, String page) {
    private static final String WRITE = "trunkline.write-docs";
    private static final String MARK = "@@@ next @@@";
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|json|http)\\n(.*?)^```$");
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** From the module's directory, in which tests run. */
    private static final Path DOCS = Path.of("..", "docs");

    /** A block of the page: a command, or the answer to the command before it. */
    private record Block(String language, String text, int from, int to) {}

    private static List<Block> blocks(String text) {
        var blocks = new ArrayList<Block>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2), matcher.start(2), matcher.end(2)));
        }
        return blocks;
    }

    /** Runs and compares; answers how many answers the page shows. */
    public int check() throws IOException {
        Path file = DOCS.resolve(page);
        String text = Files.readString(file);
        List<Block> blocks = blocks(text);
        List<String> outputs = run(blocks.stream()
                .filter(block -> block.language().equals("sh"))
                .map(Block::text)
                .toList());
        if (Boolean.getBoolean(WRITE)) {
            text = written(text, blocks, outputs);
            Files.writeString(file, text);
            blocks = blocks(text);
        }
        int command = -1;
        int answers = 0;
        for (Block block : blocks) {
            switch (block.language()) {
                case "sh" -> command++;
                case "json" -> {
                    answers++;
                    assertThat(shape(Api.JSON.readTree(outputs.get(command))))
                            .as("docs/%s shows another answer: run this test with -D%s=true", page, WRITE)
                            .isEqualTo(shape(Api.JSON.readTree(block.text())));
                }
                default -> {
                    answers++;
                    for (String line : block.text().lines().toList()) {
                        assertThat(outputs.get(command).lines().map(Document::withoutValues))
                                .as(line)
                                .contains(withoutValues(line));
                    }
                }
            }
        }
        return answers;
    }

    /** A header field without what is another one each time. */
    private static String withoutValues(String line) {
        String field = line.strip();
        if (field.startsWith("Allow: ")) {
            return Stream.of(field.substring(7).split(",", -1))
                    .sorted()
                    .toList()
                    .toString();
        }
        return field.replaceAll("^(X-Correlation-ID|ETag): .*", "$1").replaceAll(";r=\\d+", ";r=");
    }

    private static String written(String text, List<Block> blocks, List<String> outputs) {
        var page = new StringBuilder();
        int at = 0;
        int command = -1;
        for (Block block : blocks) {
            if (block.language().equals("sh")) {
                command++;
            } else if (block.language().equals("json")) {
                String answer = PRETTY.writeValueAsString(Api.JSON.readTree(outputs.get(command)))
                        .replaceAll("http://127\\.0\\.0\\.1:\\d+", "http://127.0.0.1:8080");
                page.append(text, at, block.from()).append(answer).append('\n');
                at = block.to();
            }
        }
        return page + text.substring(at);
    }

    /** The names and types of a value; of a list, those of its first entry. */
    private static String shape(JsonNode node) {
        if (node.isObject()) {
            var fields = new StringBuilder("{");
            node.forEachEntry((name, value) ->
                    fields.append(name).append(": ").append(shape(value)).append(", "));
            return fields.append('}').toString();
        }
        if (node.isArray()) {
            return node.isEmpty() ? "[]" : "[" + shape(node.get(0)) + "]";
        }
        return node.getNodeType().toString();
    }

    /** Runs commands in one session; answers what each has printed. */
    private List<String> run(List<String> commands) throws IOException {
        var session = new StringBuilder("set -eu\n");
        for (String command : commands) {
            session.append(command.replace(". ./data/demo.env\n", ""))
                    .append("echo\necho '")
                    .append(MARK)
                    .append("'\n");
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", session.toString()).redirectErrorStream(true);
        builder.environment().put("TRUNKLINE_URL", server.url());
        builder.environment().put("TRUNKLINE_CLIENT_ID", world.clientId());
        builder.environment().put("TRUNKLINE_CLIENT_SECRET", world.secret());
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor()).as(printed).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return List.of(printed.split(Pattern.quote(MARK), -1));
    }
}
