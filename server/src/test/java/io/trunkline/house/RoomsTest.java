package io.trunkline.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.trunkline.Trunkline;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

/** The doors between the rooms are those that each room's package-info.java declares. */
final class RoomsTest {
    /** Of the server alone: tests have other modules' classes beside it. */
    private static final ApplicationModules ROOMS = ApplicationModules.of(
            Trunkline.class,
            JavaClass.Predicates.resideInAnyPackage("io.trunkline.postgres..", "io.trunkline.simulators.."));

    private static final Path DIAGRAMS = Sources.root().resolve("server/target/rooms");

    @Test
    void no_room_goes_through_a_door_that_it_has_not_declared() {
        // A violation names the class and the room: declare the door in package-info.java if the room may know the
        // other one, else turn the dependency around (events inward, ids instead of objects).
        ROOMS.verify();
    }

    @Test
    void every_room_declares_its_doors() {
        assertThat(ROOMS.stream())
                .as("rooms without @ApplicationModule in their package-info.java may go anywhere: declare their doors")
                .allSatisfy(room -> assertThat(Sources.text(Sources.root()
                                .resolve("server/src/main/java")
                                .resolve(room.getBasePackage().getName().replace('.', '/'))
                                .resolve("package-info.java")))
                        .contains("@ApplicationModule(", "allowedDependencies"));
    }

    @Test
    void the_leaves_know_no_other_room() {
        assertThat(ROOMS.stream()
                        .filter(room -> room.getDirectDependencies(ROOMS).isEmpty())
                        .map(ApplicationModule::getIdentifier)
                        .map(Object::toString))
                .contains("ids", "keys", "qr");
    }

    @Test
    void the_diagram_of_the_rooms_is_written() {
        new Documenter(ROOMS, Documenter.Options.defaults().withOutputFolder(DIAGRAMS.toString()))
                .writeModulesAsPlantUml(
                        Documenter.DiagramOptions.defaults().withStyle(Documenter.DiagramOptions.DiagramStyle.UML));

        assertThat(Files.isRegularFile(DIAGRAMS.resolve("components.puml"))).isTrue();
        assertThat(Sources.text(DIAGRAMS.resolve("components.puml"))).contains("orders", "security", "database");
    }
}
