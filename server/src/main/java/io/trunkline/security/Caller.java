package io.trunkline.security;

import io.trunkline.ids.OrganizationId;
import java.util.Set;

/** Who makes a request, as a verified token tells and the client's present licences allow. */
public record Caller(OrganizationId organization, String clientId, Set<Licence> licences) {
    public boolean has(Licence licence) {
        return licences.contains(licence);
    }
}
