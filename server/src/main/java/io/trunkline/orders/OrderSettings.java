package io.trunkline.orders;

import java.time.Duration;

/**
 * The limits of the worker.
 *
 * @param ordersInFlight most orders that one server works on at a time
 * @param lease how long an order is one server's; renewed with every step. Another server takes over after it
 * @param mailLease the same for a mail, which may take longer
 * @param poll how often due work is looked for when nothing wakes the worker
 * @param firstRetry the first pause before a call is made again; it doubles up to {@code longestRetry}
 * @param stepDeadline how long a neighbour may keep a step waiting before the order is canceled
 * @param mailDeadline how long a mail is tried
 */
record OrderSettings(
        int ordersInFlight,
        Duration lease,
        Duration mailLease,
        Duration poll,
        Duration firstRetry,
        Duration longestRetry,
        Duration stepDeadline,
        Duration mailDeadline) {
    static final int ORDERS_IN_FLIGHT = 64;
}
