package io.trunkline.web;

import io.trunkline.database.Sql;
import io.trunkline.ids.OrganizationId;
import io.trunkline.ids.SubscriberId;
import java.util.Optional;

/** Seals what is kept about a person under that person's key. The room that knows people implements it. */
public interface AnswerSeal {
    byte[] seal(Sql sql, OrganizationId organization, SubscriberId person, byte[] plain, String context);

    /** Empty where the person has been erased. */
    Optional<byte[]> open(Sql sql, OrganizationId organization, SubscriberId person, byte[] sealed, String context);
}
