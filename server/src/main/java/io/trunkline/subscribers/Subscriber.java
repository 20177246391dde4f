package io.trunkline.subscribers;

import io.trunkline.ids.SubscriberId;
import io.trunkline.web.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A person who uses subscriptions, e.g. an employee. */
public record Subscriber(SubscriberId id, Person person) {
    /**
     * What is known of the person.
     *
     * @param employeeId the organization's own name for the person
     * @param locale the language of mails to the person (BCP 47)
     */
    public record Person(
            String firstName,
            String lastName,
            String email,
            @Nullable String employeeId,
            @Nullable String group,
            @Nullable String locale) {}

    public static String path(SubscriberId id) {
        return "/enterprise/subscribers/" + id;
    }

    /** The fields, without links: orders show a person so. */
    public void writeFields(Json json) {
        json.text("id", id.text())
                .text("first_name", person.firstName())
                .text("last_name", person.lastName())
                .text("email", person.email())
                .text("employee_id", person.employeeId())
                .text("group", person.group())
                .text("locale", person.locale());
    }

    /** The names of the fields that differ. */
    static List<String> differences(Subscriber one, Subscriber other) {
        JsonNode first = Json.parse(Json.text(one::writeFields));
        JsonNode second = Json.parse(Json.text(other::writeFields));
        return first.propertyNames().stream()
                .filter(name -> !first.path(name).equals(second.path(name)))
                .toList();
    }

    /** The resource. */
    public void write(Json json) {
        writeFields(json);
        json.links(links -> links.link("self", path(id)));
    }
}
