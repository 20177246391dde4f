/** Mail by SMTP: one message, one session, one outcome. */
@NamedInterface("mail")
@NullMarked
package io.trunkline.network.mail;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
