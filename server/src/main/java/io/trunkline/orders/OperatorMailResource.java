package io.trunkline.orders;

import io.trunkline.accounts.Organization;
import io.trunkline.accounts.Organizations;
import io.trunkline.ids.OrganizationId;
import io.trunkline.letters.Letters;
import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.security.Caller;
import io.trunkline.security.Licence;
import io.trunkline.security.Needs;
import io.trunkline.subscribers.PersonFields;
import io.trunkline.web.Body;
import io.trunkline.web.Exchange;
import io.trunkline.web.Refusal;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** How mails in an organization's name are written: the operator sets it for each. */
@RestController
@Needs(Licence.OPERATOR)
class OperatorMailResource {
    private static final Shape.Length NAME = new Shape.Length(1, OutgoingMail.MAX_NAME);
    private static final Shape.Length LANGUAGE = new Shape.Length(2, 35);

    private final Organizations organizations;
    private final Letters letters;

    OperatorMailResource(Organizations organizations, Letters letters) {
        this.organizations = organizations;
        this.letters = letters;
    }

    @GetMapping("/operator/organizations/{key}/mails")
    ResponseEntity<byte[]> get(Exchange exchange, @PathVariable String key) {
        exchange.parameters().check();
        Organization organization = organizations.get(known(key));
        return exchange.resource(organization::writeMails);
    }

    @PatchMapping(
            path = "/operator/organizations/{key}/mails",
            consumes = {"application/merge-patch+json", "application/json"})
    ResponseEntity<byte[]> patch(Caller caller, Exchange exchange, @PathVariable String key) {
        Body body = exchange.mergePatch();
        exchange.parameters().check();
        Organization changed = organizations.writeMails(caller, known(key), exchange.correlationId(), before -> {
            exchange.requireUnchanged(before::writeMails);
            Organization after = patched(body.shape(), before);
            body.check();
            return after;
        });
        return exchange.changed(changed::writeMails);
    }

    private OrganizationId known(String key) {
        return organizations.find(key).orElseThrow(Refusal::notFound);
    }

    private Organization patched(Shape patch, Organization before) {
        Optional<String> name = patch.text("name", false, NAME);
        Optional<String> replyTo = patch.text("reply_to", false, PersonFields.ADDRESS);
        replyTo.filter(address -> !OutgoingMail.isAddress(address))
                .ifPresent(_ -> patch.refuse(
                        "reply_to", Violation.Code.PATTERN, "expected a mail address, such as help@example.com"));
        Optional<String> language = patch.text("language", false, LANGUAGE);
        language.filter(tag -> !letters.speaks(tag))
                .ifPresent(_ -> patch.refuse(
                        "language",
                        Violation.Code.NOT_ALLOWED,
                        "there are mails in " + String.join(", ", new TreeSet<>(letters.languages()))));
        var after = new Organization(
                before.name(),
                patch.clears("name") ? Optional.empty() : name.or(before::mailName),
                patch.clears("reply_to") ? Optional.empty() : replyTo.or(before::replyTo),
                patch.clears("language") ? Optional.empty() : language.or(before::language));
        patch.end();
        return after;
    }
}
