/**
 * The simulated mail server: SMTP (RFC 5321) into a mailbox that takes everybody's mail, its routes, and the page where
 * people read it.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.simulators.mail;
