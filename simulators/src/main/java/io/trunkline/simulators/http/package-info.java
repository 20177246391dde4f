/**
 * HTTP/1.1 on virtual threads, with the connection in hand.
 *
 * <p>The simulated peers misbehave on the level of the connection: they keep it open without an answer until the client
 * leaves, write an answer twice, close after acting. The JDK's own server frames every answer itself and hides its
 * socket, so it can do neither; hence this small one.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.http;
