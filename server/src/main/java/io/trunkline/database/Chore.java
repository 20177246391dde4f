package io.trunkline.database;

import java.time.Duration;

/**
 * Something that one of the servers does from time to time.
 *
 * @param name of all servers' same chore
 * @param every how long after a start the next one is due, whichever server takes it and however it ended
 */
public record Chore(String name, Duration every, Runnable work) {}
