package io.trunkline.orders;

import java.time.Duration;

/**
 * The limits of the worker.
 *
 * @param ordersInFlight most orders that one server works on at a time without a neighbour; for each neighbour the next
 *     three
 * @param batchInFlight most orders of batches among them
 * @param lease how long an order is one server's; renewed with every step. Another server takes over after it
 * @param mailLease the same for a mail, which may take longer
 * @param poll how often due work is looked for when nothing wakes the worker
 * @param firstRetry the first pause before a call is made again; it doubles up to {@code longestRetry}
 * @param stepDeadline how long a neighbour may keep a step waiting before the order is canceled
 * @param mailDeadline how long a mail is tried
 * @param simChangeWait how long a number waits for a report that its new SIM's profile is installed
 * @param stockAttempts how often an order looks for what it needs of the stock before it is canceled
 * @param circuitFailures so many failures in a row, and a neighbour's work waits
 * @param circuitPause until one call tries whether it answers again
 */
record OrderSettings(
        int ordersInFlight,
        int smdpInFlight,
        int hlrInFlight,
        int mailInFlight,
        int batchInFlight,
        Duration lease,
        Duration mailLease,
        Duration poll,
        Duration firstRetry,
        Duration longestRetry,
        Duration stepDeadline,
        Duration mailDeadline,
        Duration simChangeWait,
        int stockAttempts,
        int circuitFailures,
        Duration circuitPause) {
    static final int ORDERS_IN_FLIGHT = 64;
    static final int SMDP_IN_FLIGHT = 32;
    static final int HLR_IN_FLIGHT = 32;
    static final int MAIL_IN_FLIGHT = 16;
    static final int BATCH_IN_FLIGHT = 12;
    static final int CIRCUIT_FAILURES = 10;
    static final int STOCK_ATTEMPTS = 4;

    /** Most orders at a time whose step speaks to this neighbour. */
    int inFlight(Neighbour neighbour) {
        return switch (neighbour) {
            case NONE -> ordersInFlight;
            case SMDP -> smdpInFlight;
            case HLR -> hlrInFlight;
            case MAIL -> mailInFlight;
        };
    }

    /** How long a lease on such a step is. */
    Duration lease(Neighbour neighbour) {
        return neighbour == Neighbour.MAIL ? mailLease : lease;
    }

    /** How long such a step is tried. */
    Duration deadline(Neighbour neighbour) {
        return neighbour == Neighbour.MAIL ? mailDeadline : stepDeadline;
    }
}
