package io.trunkline.subscribers;

import io.trunkline.network.mail.OutgoingMail;
import io.trunkline.web.Shape;
import io.trunkline.web.Violation;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What requests say of a person. What is not valid is noted in the shape's violations. */
public final class PersonFields {
    /** RFC 5321 4.5.3.1.3, less the angle brackets. */
    public static final Shape.Length ADDRESS = new Shape.Length(3, 254);

    private static final Shape.Length NAME = new Shape.Length(1, 100);
    private static final Shape.Length REMARK = new Shape.Length(0, 100);
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

    private PersonFields() {}

    /** A new person; empty where anything that is needed is missing or not valid. */
    public static Optional<Subscriber.Person> read(Shape shape) {
        Optional<String> firstName = shape.text("first_name", true, NAME);
        Optional<String> lastName = shape.text("last_name", true, NAME);
        Optional<String> email = address(shape, true);
        Optional<String> employeeId = shape.text("employee_id", false, REMARK);
        Optional<String> group = shape.text("group", false, REMARK);
        Optional<String> locale = locale(shape);
        if (firstName.isEmpty() || lastName.isEmpty() || email.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Subscriber.Person(
                firstName.get(),
                lastName.get(),
                email.get(),
                employeeId.orElse(null),
                group.orElse(null),
                locale.orElse(null)));
    }

    /** The person after a merge patch (RFC 7396): what is absent stays, and null takes away what may be absent. */
    static Subscriber.Person patched(Shape patch, Subscriber current) {
        Subscriber.Person person = current.person();
        if (patch.clears("id")) {
            refuseNull(patch, "id");
        }
        patch.text("id", false, REMARK)
                .filter(id -> !id.equals(current.id().text()))
                .ifPresent(_ ->
                        patch.refuse("id", Violation.Code.NOT_ALLOWED, "an id never changes: this is " + current.id()));
        var after = new Subscriber.Person(
                kept(patch, "first_name", patch.text("first_name", false, NAME), person.firstName()),
                kept(patch, "last_name", patch.text("last_name", false, NAME), person.lastName()),
                kept(patch, "email", address(patch, false), person.email()),
                optional(patch, "employee_id", person.employeeId()),
                optional(patch, "group", person.group()),
                patch.clears("locale") ? null : locale(patch).orElse(person.locale()));
        patch.end();
        return after;
    }

    private static String kept(Shape patch, String name, Optional<String> given, String current) {
        if (patch.clears(name)) {
            refuseNull(patch, name);
        }
        return given.orElse(current);
    }

    private static void refuseNull(Shape patch, String name) {
        patch.refuse(name, Violation.Code.REQUIRED, name + " is required and cannot be taken away");
    }

    private static @Nullable String optional(Shape patch, String name, @Nullable String current) {
        return patch.clears(name) ? null : patch.text(name, false, REMARK).orElse(current);
    }

    private static Optional<String> locale(Shape shape) {
        return shape.matching(
                "locale",
                false,
                "^" + LOCALE.pattern() + "$",
                text -> LOCALE.matcher(text).matches() ? Optional.of(text) : Optional.empty());
    }

    private static Optional<String> address(Shape shape, boolean required) {
        Optional<String> email = shape.text("email", required, ADDRESS);
        email.flatMap(PersonFields::addressFault)
                .ifPresent(fault -> shape.refuse("email", Violation.Code.PATTERN, fault));
        return email;
    }

    /** What is wrong with a mail address, empty where nothing is. */
    public static Optional<String> addressFault(String address) {
        boolean holds = OutgoingMail.isAddress(address);
        return holds ? Optional.empty() : Optional.of("expected a mail address such as name@example.com");
    }
}
