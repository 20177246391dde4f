package io.trunkline.network.smsc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jsmpp.DefaultPDUReader;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.PDUSender;
import org.jsmpp.bean.Command;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.extra.SessionState;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.SendCommandTask;
import org.jsmpp.session.connection.ConnectionFactory;

/**
 * A session in which nobody waits for an answer of a connection that is gone: jsmpp alone lets them wait until the
 * response's timeout.
 */
final class BoundSession extends SMPPSession {
    /** Stands for the status of an answer that cannot come any more; of the reserved ones (SMPP 3.4, 5.1.3). */
    static final int LOST = 0xffff_ffff;

    /** The request that each thread waits for. */
    private final Map<Thread, Integer> unanswered = new ConcurrentHashMap<>();

    private volatile boolean over;

    BoundSession(ConnectionFactory connections, PDUSender sender) {
        super(sender, new DefaultPDUReader(), connections);
        addSessionStateListener((state, _, _) -> {
            if (state.equals(SessionState.CLOSED)) {
                end();
            }
        });
    }

    private void end() {
        over = true;
        unanswered.values().forEach(this::lost);
    }

    private void lost(int sequence) {
        var none = new Command();
        none.setCommandStatus(LOST);
        none.setSequenceNumber(sequence);
        Optional.ofNullable(removePendingResponse(sequence)).ifPresent(waiting -> waiting.done(none));
    }

    @Override
    protected Command executeSendCommand(SendCommandTask task, long timeout)
            throws PDUException, ResponseTimeoutException, InvalidResponseException, NegativeResponseException,
                    IOException {
        try {
            return super.executeSendCommand(new Watched(task), timeout);
        } finally {
            unanswered.remove(Thread.currentThread());
        }
    }

    private final class Watched implements SendCommandTask {
        private final SendCommandTask task;

        Watched(SendCommandTask task) {
            this.task = task;
        }

        @Override
        public void executeTask(OutputStream out, int sequence) throws PDUException, IOException {
            unanswered.put(Thread.currentThread(), sequence);
            if (over) {
                // Whoever ended the others may have missed this one.
                throw new IOException("the connection was lost before");
            }
            task.executeTask(out, sequence);
        }

        @Override
        public String getCommandName() {
            return task.getCommandName();
        }
    }
}
