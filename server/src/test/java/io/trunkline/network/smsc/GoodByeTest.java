package io.trunkline.network.smsc;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.stories.Api;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What an SMSC hears of a bind that ends (SMPP 3.4, 4.2). */
class GoodByeTest {
    private static final int BIND_TRANSCEIVER = 9;
    private static final int UNBIND = 6;
    private static final int RESPONSE = 0x8000_0000;
    private static final int HEADER = 16;
    private static final byte[] NAME = {'s', 0};

    /** The commands that it was given, and -1 when the connection ended. */
    private final ConcurrentLinkedQueue<Integer> heard = new ConcurrentLinkedQueue<>();

    private void listen(ServerSocket socket) {
        try (Socket client = socket.accept();
                var in = new DataInputStream(client.getInputStream());
                var out = new DataOutputStream(client.getOutputStream())) {
            while (true) {
                int length = in.readInt();
                int command = in.readInt();
                in.readInt();
                int sequence = in.readInt();
                in.readNBytes(length - HEADER);
                heard.add(command);
                byte[] body = command == BIND_TRANSCEIVER ? NAME : new byte[0];
                out.writeInt(HEADER + body.length);
                out.writeInt(command | RESPONSE);
                out.writeInt(0);
                out.writeInt(sequence);
                out.write(body);
                out.flush();
            }
        } catch (IOException end) {
            heard.add(-1);
        }
    }

    @Test
    void a_bind_that_is_stopped_says_good_bye_before_it_closes_and_does_not_come_back() throws Exception {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> listen(socket));
            Smscs smscs = SmscOfATest.at("smsc", "127.0.0.1", socket.getLocalPort());
            smscs.start(
                    new FromSmsc() {
                        @Override
                        public CompletionStage<Boolean> receipt(Receipt receipt) {
                            throw new AssertionError(receipt);
                        }

                        @Override
                        public CompletionStage<Boolean> text(InboundPart part) {
                            throw new AssertionError(part);
                        }
                    },
                    () -> {});
            Api.await("the bind", () -> smscs.all().getFirst().up() == 1);
            smscs.stop();
            Api.await("the end", () -> heard.contains(-1));
            assertThat(List.copyOf(heard)).containsExactly(BIND_TRANSCEIVER, UNBIND, -1);
        }
    }
}
