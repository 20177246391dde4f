package io.trunkline.accounts;

import io.trunkline.web.Json;
import java.util.Optional;

/**
 * An organization, as people who get mail in its name know it.
 *
 * @param name of the organization itself
 * @param mailName its name in mails, where that is another one
 * @param replyTo whom an answer to such a mail reaches; empty: as the operator has it
 * @param language of mails to whoever has none of their own, a BCP 47 tag; empty likewise
 */
public record Organization(
        String name, Optional<String> mailName, Optional<String> replyTo, Optional<String> language) {
    /** As people who get mail in its name know it. */
    public String shownName() {
        return mailName.orElse(name);
    }

    /** What the operator may set. */
    public void writeMails(Json json) {
        json.text("name", mailName.orElse(null))
                .text("reply_to", replyTo.orElse(null))
                .text("language", language.orElse(null));
    }
}
