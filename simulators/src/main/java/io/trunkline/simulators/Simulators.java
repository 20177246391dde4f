package io.trunkline.simulators;

import io.trunkline.simulators.hlr.HlrSimulator;
import io.trunkline.simulators.http.HttpListener;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.Routes;
import io.trunkline.simulators.journal.AtomicFile;
import io.trunkline.simulators.mail.MailSimulator;
import io.trunkline.simulators.smdp.SmdpSimulator;
import io.trunkline.simulators.smsc.SmscSimulator;
import io.trunkline.simulators.usage.UsageSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All simulated peers and their control interface, running until closed. */
public final class Simulators implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Simulators.class);
    /** Of one control request: a list of 100,000 prepared profiles fits. */
    private static final int LARGEST_CONTROL_BODY = 32 << 20;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final SimulatorsConfig config;
    private int controlPort;
    private int smdpPort;
    private int smtpPort;
    private int imapPort;
    private int hlrPort;
    private int hlrRestPort;
    private int smppPort;

    private Simulators(SimulatorsConfig config) {
        this.config = config;
    }

    /**
     * Starts everything; when it returns, all listeners are up and {@code simulators.json} in the state directory tells
     * where.
     *
     * @throws StateInUseException where another instance works on the state directory
     * @throws IOException where a port that was asked for is taken, or the state cannot be read
     */
    public static Simulators start(SimulatorsConfig config) throws IOException {
        Simulators simulators = new Simulators(config);
        try {
            simulators.open();
        } catch (IOException | RuntimeException failed) {
            simulators.close();
            throw failed;
        }
        return simulators;
    }

    private void open() throws IOException {
        StateDirectory state = started(StateDirectory.open(config.stateDirectory()));
        Path facts = state.resolve("simulators.json");
        // What an instance left that was killed is true no more.
        Files.deleteIfExists(facts);
        InetAddress bind = InetAddress.getByName(config.bind());
        Ports ports = new Ports(state.resolve("ports.json"), bind);
        ServerSocket smdpSocket = started(ports.bind("smdp", config.smdpPort()));
        ServerSocket smtpSocket = started(ports.bind("smtp", config.smtpPort()));
        ServerSocket imapSocket = started(ports.bind("imap", config.imapPort()));
        ServerSocket hlrSocket = started(ports.bind("hlr", config.hlrPort()));
        ServerSocket hlrRestSocket = started(ports.bind("hlr-rest", config.hlrRestPort()));
        ServerSocket smppSocket = started(ports.bind("smpp", config.smppPort()));
        ServerSocket controlSocket = started(ports.bind("control", config.controlPort()));
        ports.remember();
        smdpPort = smdpSocket.getLocalPort();
        smtpPort = smtpSocket.getLocalPort();
        imapPort = imapSocket.getLocalPort();
        hlrPort = hlrSocket.getLocalPort();
        hlrRestPort = hlrRestSocket.getLocalPort();
        smppPort = smppSocket.getLocalPort();
        controlPort = controlSocket.getLocalPort();

        Routes control = new Routes();
        started(SmdpSimulator.start(state.resolve("smdp"), smdpSocket, config.smdpAddress(), config.smdsAddress()))
                .addTo(control);
        started(MailSimulator.start(
                        state.resolve("mail"), smtpSocket, imapSocket, Clock.systemUTC(), config.mailboxLimit()))
                .addTo(control);
        HlrSimulator hlr = started(HlrSimulator.start(state.resolve("hlr"), hlrSocket, hlrRestSocket));
        hlr.addTo(control);
        started(SmscSimulator.start(state.resolve("smsc"), smppSocket, Clock.systemUTC(), config.mailboxLimit()))
                .addTo(control);
        started(UsageSimulator.start(state.resolve("usage"), config.usageDrop(), hlr::lines, Clock.systemUTC()))
                .addTo(control);
        started(HttpListener.start(
                "control",
                controlSocket,
                HttpListener.Limits.DEFAULT.withBodyBytes(LARGEST_CONTROL_BODY),
                new ControlGate(control, bind.isLoopbackAddress())));
        AtomicFile.write(facts, Json.write(facts()));
        started(() -> Files.deleteIfExists(facts));
        LOG.info(
                "simulators are up: control {}, SM-DP+ {}, SMTP {}:{}, IMAP {}, HLR {}:{} and {}, SMPP {}:{}",
                controlUrl(),
                smdpUrl(),
                host(),
                smtpPort,
                imapPort,
                host(),
                hlrPort,
                hlrRestUrl(),
                host(),
                smppPort);
    }

    private Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("pid", ProcessHandle.current().pid());
        facts.put("control_url", controlUrl().toString());
        facts.put("smdp_url", smdpUrl().toString());
        facts.put("smtp_host", smtpHost());
        facts.put("smtp_port", smtpPort());
        facts.put("imap_host", smtpHost());
        facts.put("imap_port", imapPort);
        facts.put("hlr_host", hlrHost());
        facts.put("hlr_port", hlrPort());
        facts.put("hlr_rest_url", hlrRestUrl().toString());
        facts.put("smpp_host", smppHost());
        facts.put("smpp_port", smppPort);
        facts.put("phones_url", phonesUrl().toString());
        facts.put("mailbox_url", mailboxUrl().toString());
        return facts;
    }

    private <T extends AutoCloseable> T started(T part) {
        parts.push(part);
        return part;
    }

    /** The root of the control interface, without a slash at the end. */
    public URI controlUrl() {
        return URI.create("http://" + host() + ":" + controlPort);
    }

    /** The root of ES2+, to which {@code /gsma/rsp2/es2plus/…} is appended. */
    public URI smdpUrl() {
        return URI.create("http://" + host() + ":" + smdpPort);
    }

    /** The page for people. */
    public URI mailboxUrl() {
        return URI.create(controlUrl() + "/mailbox");
    }

    public String smtpHost() {
        return config.bind();
    }

    public int smtpPort() {
        return smtpPort;
    }

    /** Of the mailboxes, at the host of SMTP. */
    public int imapPort() {
        return imapPort;
    }

    public String hlrHost() {
        return config.bind();
    }

    /** Of the HLR's control interface. */
    public int hlrPort() {
        return hlrPort;
    }

    /** The root of the HLR's documents, to which {@code /subscribers/…} is appended. */
    public URI hlrRestUrl() {
        return URI.create("http://" + host() + ":" + hlrRestPort);
    }

    public String smppHost() {
        return config.bind();
    }

    /** Of the SMSC. */
    public int smppPort() {
        return smppPort;
    }

    /** The page for people. */
    public URI phonesUrl() {
        return URI.create(controlUrl() + "/phones");
    }

    private String host() {
        return config.bind().contains(":") ? "[" + config.bind() + "]" : config.bind();
    }

    /** Closes all listeners and files; the state is complete at any time, so there is nothing to save. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failed) {
                LOG.warn("a part of the simulators did not close: {}", failed.getMessage());
            }
        }
    }
}
