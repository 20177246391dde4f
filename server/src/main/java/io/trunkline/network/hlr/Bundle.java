package io.trunkline.network.hlr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Commands that are written together, and what each of them hears: an answer, or why there is none. Once each. */
final class Bundle {
    private final List<CtrlCommand> commands;
    private final @Nullable CtrlReply[] replies;
    private final List<Integer> ids = new ArrayList<>();
    private final CountDownLatch missing;
    private boolean taken;
    private boolean withdrawn;
    private boolean overdue;

    Bundle(List<CtrlCommand> commands) {
        this.commands = List.copyOf(commands);
        this.replies = new @Nullable CtrlReply[commands.size()];
        this.missing = new CountDownLatch(commands.size());
    }

    /** Where the answer to one of the commands belongs. */
    record Place(Bundle bundle, int index) {
        void hear(CtrlReply.Message message) {
            bundle.settle(index, message.to(bundle.commands.get(index)));
        }

        void lose(String reason) {
            bundle.settle(index, new CtrlReply.Lost(reason));
        }
    }

    /**
     * Gives each command its id and its place among those under way, and adds what is to be written; nothing of it
     * where the commands were withdrawn.
     */
    synchronized void addTo(CtrlFrames frames, IntSupplier nextId, Map<Integer, Place> underWay) {
        if (withdrawn) {
            return;
        }
        taken = true;
        for (int i = 0; i < commands.size(); i++) {
            int id = nextId.getAsInt();
            ids.add(id);
            underWay.put(id, new Place(this, i));
            frames.add(commands.get(i).text(id));
        }
    }

    /** Where it is not being written yet, it never will be. */
    synchronized void withdraw(String reason) {
        if (!taken) {
            withdrawn = true;
            for (int i = 0; i < replies.length; i++) {
                settle(i, new CtrlReply.NotSent(reason));
            }
        }
    }

    List<CtrlReply> withdrawn(String reason) {
        withdraw(reason);
        return settled();
    }

    private synchronized void settle(int index, CtrlReply reply) {
        if (replies[index] == null) {
            replies[index] = reply;
            missing.countDown();
        }
    }

    /** The replies, one for each command; what has none by then is lost, or was not sent. */
    List<CtrlReply> await(Duration timeout, String otherwise) {
        try {
            if (!missing.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                giveUp(otherwise);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUp("interrupted while waiting for the answer of the HLR");
        }
        return settled();
    }

    private synchronized void giveUp(String reason) {
        overdue = true;
        withdraw(reason);
        for (int i = 0; i < replies.length; i++) {
            settle(i, new CtrlReply.Lost(reason));
        }
    }

    /** Whether an answer did not come in time. */
    synchronized boolean isOverdue() {
        return overdue;
    }

    synchronized List<Integer> ids() {
        return List.copyOf(ids);
    }

    private synchronized List<CtrlReply> settled() {
        return Arrays.stream(replies).map(Objects::requireNonNull).toList();
    }
}
