package io.trunkline.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A batch as a table becomes what JSON would have said. */
class BatchCsvTest {
    private static JsonNode read(String text) {
        return new BatchCsv().read(text.getBytes(StandardCharsets.UTF_8)).path("orders");
    }

    private static void refused(String text, String... words) {
        assertThatThrownBy(() -> read(text)).hasMessageContainingAll(words);
    }

    @Test
    void anActivationAndAChangeAreWhatTheirJsonWouldBe() {
        JsonNode orders = read("""
                Type,account_id,first_name,last_name,email,delivery,to,cc,services,add,requested_at
                activate_subscription,acc_1,Ada,"Lovelace, Countess",ada@example.com,email,a@b.example  c@b.example,,,,
                change_products,acc_1,,,,,,,voice=on data=off,prodoff_1 prodoff_2,2027-01-31T08:00:00Z
                """);
        assertThat(orders.get(0)).hasToString("""
                {"type":"activate_subscription","account_id":"acc_1","subscriber":{"first_name":"Ada",\
                "last_name":"Lovelace, Countess","email":"ada@example.com"},"sim_profile":{"delivery":{"type":"email",\
                "to":["a@b.example","c@b.example"]},"sim_type":"esim"}}""");
        assertThat(orders.get(1)).hasToString("""
                {"type":"change_products","account_id":"acc_1","services":[{"type":"voice","enabled":true},\
                {"type":"data","enabled":false}],"add":["prodoff_1","prodoff_2"],\
                "requested_at":"2027-01-31T08:00:00Z"}""");
    }

    @Test
    void whatSpreadsheetsWriteIsRead() {
        JsonNode orders =
                read("\uFEFFtype,account_id,group\r\nresume_subscription,acc_1,\"a \"\"b\"\"\"\r\n\r\n,,\r\n");
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).path("subscriber").path("group").stringValue()).isEqualTo("a \"b\"");
    }

    @Test
    void rowsKnowTheirLines() {
        var table = new BatchCsv();
        byte[] text = "type,account_id,group\na,b,c\n\n\nd,e,\"two\nlines\"\nf,g,h".getBytes(StandardCharsets.UTF_8);
        assertThat(table.read(text).path("orders")).hasSize(3);
        assertThat(List.of(table.line(0), table.line(1), table.line(2)).stream().map(line -> line.orElse(0)))
                .containsExactly(2, 5, 7);
        assertThat(table.line(3)).isEmpty();
    }

    @Test
    void whatIsNoTableIsToldWithItsLine() {
        refused("", "line 1", "got nothing");
        refused("type;account_id\na;b\n", "expected commas", "semicolons");
        refused("type,colour,type\n", "no column \"colour\"", "type is there twice", "account_id is missing");
        refused("type,account_id\na,b\nc,d,e\n", "line 3", "expected 2 cells", "got 3");
        refused("type,account_id\na,\"b\n", "line");
        byte[] latin = "type,account_id,first_name\na,b,Ren\u00e9\n".getBytes(Charset.forName("ISO-8859-1"));
        assertThatThrownBy(() -> new BatchCsv().read(latin)).hasMessageContaining("UTF-8");
    }

    /** Whatever stands in the cells of a name, it comes out as it was, and no cell becomes another's. */
    @Test
    void anyTextSurvivesItsCell() {
        var random = new Random(11);
        String letters = "a ,\"\n\r;=\t+-@é漢\\x'";
        for (int round = 0; round < 300; round++) {
            var rows = new ArrayList<Map<String, String>>();
            for (int row = 0; row <= random.nextInt(4); row++) {
                rows.add(Map.of("first_name", text(random, letters), "last_name", text(random, letters)));
            }
            String table = rows.stream()
                    .map(row -> "t,a," + quoted(row.getOrDefault("first_name", "")) + ","
                            + quoted(row.getOrDefault("last_name", "")))
                    .collect(Collectors.joining("\n", "type,account_id,first_name,last_name\n", "\n"));
            JsonNode orders = read(table);
            assertThat(orders).hasSameSizeAs(rows);
            for (int i = 0; i < rows.size(); i++) {
                JsonNode person = orders.get(i).path("subscriber");
                for (String name : List.of("first_name", "last_name")) {
                    assertThat(person.path(name).stringValue(""))
                            .as(table)
                            .isEqualTo(rows.get(i).getOrDefault(name, "").strip());
                }
            }
        }
    }

    private static String text(Random random, String letters) {
        return random.ints(random.nextInt(6), 0, letters.length())
                .mapToObj(i -> String.valueOf(letters.charAt(i)))
                .collect(Collectors.joining());
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
