package io.trunkline.accounts;

import java.util.Optional;

/**
 * An organization, as people who get mail in its name know it.
 *
 * @param replyTo whom an answer to such a mail reaches; empty: as the operator has it
 * @param language of mails to whoever has none of their own, a BCP 47 tag; empty likewise
 */
public record Organization(String name, Optional<String> replyTo, Optional<String> language) {}
