package io.trunkline.simulators.smsc;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulators.Network;
import io.trunkline.simulators.Simulators;
import io.trunkline.simulators.SimulatorsConfig;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SmscTest {
    /** 0x34 as an octet. */
    private static final String VERSION = "4";

    @TempDir
    Path directory;

    private Simulators simulators;
    private Network network;

    @BeforeEach
    void start() throws IOException {
        simulators = Simulators.start(SimulatorsConfig.of(directory));
        network = new Network(simulators);
    }

    @AfterEach
    void stop() {
        network.close();
        simulators.close();
    }

    /** A client that writes octets. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private int sequence;

        Client(Simulators simulators) throws IOException {
            socket = new Socket(simulators.smppHost(), simulators.smppPort());
            socket.setSoTimeout(10_000);
            in = new DataInputStream(socket.getInputStream());
        }

        void send(int command, byte[] body) throws IOException {
            socket.getOutputStream().write(new Pdu(command, 0, ++sequence, body).bytes());
        }

        Pdu read() throws IOException {
            return Pdu.read(in).orElseThrow(() -> new IOException("closed"));
        }

        void bind() throws IOException {
            send(Pdu.BIND_TRANSCEIVER, ("me\0secret\0\0" + VERSION + "\0\0\0").getBytes(StandardCharsets.ISO_8859_1));
            Pdu bound = read();
            assertThat(bound.command()).isEqualTo(Pdu.BIND_TRANSCEIVER | Pdu.RESPONSE);
            assertThat(bound.status()).isZero();
        }

        void submit(String to, byte[] text, int esmClass) throws IOException {
            send(
                    Pdu.SUBMIT_SM,
                    new Octets.Writer()
                            .text("")
                            .octet(1)
                            .octet(1)
                            .text("4915")
                            .octet(1)
                            .octet(1)
                            .text(to)
                            .octet(esmClass)
                            .octet(0)
                            .octet(0)
                            .text("")
                            .text("")
                            .octet(1)
                            .octet(0)
                            .octet(0)
                            .octet(0)
                            .octet(text.length)
                            .octets(text)
                            .bytes());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] part(int total, int number, String text) {
        return new Octets.Writer()
                .octet(5)
                .octet(0)
                .octet(3)
                .octet(7)
                .octet(total)
                .octet(number)
                .octets(text.getBytes(StandardCharsets.US_ASCII))
                .bytes();
    }

    private JsonNode phone(String number) throws IOException {
        return network.get("/phones/" + number + "/messages").path("messages");
    }

    @Test
    void segments_in_any_order_make_one_text_that_survives_a_restart() throws Exception {
        try (Client client = new Client(simulators)) {
            client.bind();
            client.submit("491511", part(2, 2, "two"), 0x40);
            assertThat(client.read().status()).isZero();
        }
        assertThat(phone("491511").size()).isZero();
        stop();
        start();
        try (Client client = new Client(simulators)) {
            client.bind();
            client.submit("491511", part(2, 1, "one, "), 0x40);
            assertThat(client.read().status()).isZero();
        }
        stop();
        start();
        JsonNode messages = phone("+491511");
        assertThat(messages.size()).isEqualTo(1);
        assertThat(messages.get(0).path("text").asString()).isEqualTo("one, two");
        assertThat(messages.get(0).path("segments").asInt()).isEqualTo(2);
        assertThat(messages.get(0).path("from").asString()).isEqualTo("4915");
    }

    @Test
    void a_receipt_that_nobody_took_comes_again_after_a_restart() throws Exception {
        network.send("PUT", "/smsc", "{\"receipt_after_ms\": 0}");
        String id;
        try (Client client = new Client(simulators)) {
            client.bind();
            client.submit("491512", "hello".getBytes(StandardCharsets.US_ASCII), 0);
            Pdu one = client.read();
            Pdu other = client.read();
            Pdu response = one.command() == Pdu.DELIVER_SM ? other : one;
            id = new String(response.body(), StandardCharsets.US_ASCII).replace("\0", "");
        }
        stop();
        start();
        try (Client client = new Client(simulators)) {
            client.bind();
            Pdu receipt = client.read();
            assertThat(receipt.command()).isEqualTo(Pdu.DELIVER_SM);
            assertThat(new String(receipt.body(), StandardCharsets.ISO_8859_1))
                    .contains("id:" + id + " ", "stat:DELIVRD");
        }
    }

    @Test
    void the_page_escapes_what_is_hostile_and_what_is_asked_wrongly_is_refused() throws Exception {
        try (Client client = new Client(simulators)) {
            client.bind();
            client.submit("491513", "<script>".getBytes(StandardCharsets.US_ASCII), 0);
            client.read();
        }
        HttpResponse<String> page = network.send("GET", "/phones?msisdn=491513", "");
        assertThat(page.body()).contains("&lt;script&gt;").doesNotContain("<script>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .doesNotContain("unsafe-inline");
        assertThat(network.send("GET", "/phones/x/messages", "").statusCode()).isEqualTo(400);
        assertThat(network.send("POST", "/phones/491513/messages", "{\"to\": \"1\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(network.send("PUT", "/smsc", "{\"receipt_ids\": \"octal\"}").statusCode())
                .isEqualTo(400);
        assertThat(network.send("PUT", "/smsc/faults", "[{\"operation\": \"bind\", \"fault\": \"refuse\"}]")
                        .statusCode())
                .isEqualTo(200);
        try (Client client = new Client(simulators)) {
            client.send(Pdu.BIND_TRANSCEIVER, ("me\0\0\0" + VERSION + "\0\0\0").getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.read().status()).isEqualTo(Pdu.BIND_FAILED);
        }
    }
}
