package io.trunkline.network.smsc;

/**
 * A text that a phone has sent to a number of ours, or a segment of one.
 *
 * @param from digits, or letters of an alphanumeric sender
 * @param to digits
 * @param reference of the segments that belong together; 0 where the text is whole
 * @param total how many they are
 * @param number which one this is, from 1
 */
public record InboundPart(String smsc, String from, String to, String text, int reference, int total, int number) {}
