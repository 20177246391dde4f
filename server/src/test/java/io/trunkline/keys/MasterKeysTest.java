package io.trunkline.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MasterKeysTest {
    static final String KEY_1 = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
    static final String KEY_2 = KEY_1.replaceFirst("A", "B");

    @TempDir
    Path directory;

    static Path file(Path directory, String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("master.key"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void a_new_file_holds_one_key_and_is_its_owners_alone() throws IOException {
        Path file = directory.resolve("keys/master.key");
        MasterKeys made = MasterKeys.readOrCreate(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(made.ids()).containsExactly(1);
        assertThat(MasterKeys.readOrCreate(file).key(1))
                .as("a second time it is read")
                .isEqualTo(made.key(1));
        try (var left = Files.list(file.getParent())) {
            assertThat(left).as("nothing else is left").containsExactly(file);
        }
    }

    @Test
    void all_who_make_it_at_the_same_time_read_one_key() throws InterruptedException, ExecutionException {
        Path file = directory.resolve("master.key");
        List<Callable<byte[]>> makers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            makers.add(() -> MasterKeys.readOrCreate(file).key(1));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var keys = new ArrayList<byte[]>();
            for (Future<byte[]> made : threads.invokeAll(makers)) {
                keys.add(made.get());
            }
            assertThat(keys).allSatisfy(key -> assertThat(key).isEqualTo(keys.getFirst()));
        }
    }

    @Test
    void the_first_line_is_the_current_key_and_the_last_one_the_oldest() throws IOException {
        MasterKeys keys =
                MasterKeys.read(file(directory, "# rotated\n\n  k2 " + KEY_2 + "\nk1 " + KEY_1 + "  \n", "rw-------"));
        assertThat(keys.current()).isEqualTo(2);
        assertThat(keys.oldest()).isEqualTo(1);
        assertThat(keys.key(1)).isEqualTo(new byte[32]);
    }

    @Test
    void a_key_that_was_taken_out_is_asked_for_by_name() throws IOException {
        MasterKeys keys = MasterKeys.read(file(directory, "k2 " + KEY_2, "rw-------"));
        assertThatThrownBy(() -> keys.key(1)).hasMessageContaining("no k1").hasMessageContaining("it has: k2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx--x---"})
    void a_file_that_others_could_open_is_refused_with_the_remedy(String mode) throws IOException {
        Path file = file(directory, "k1 " + KEY_1, mode);
        assertThatThrownBy(() -> MasterKeys.read(file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(mode)
                .hasMessageContaining("chmod 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"r--------", "rw-------"})
    void a_file_of_ones_own_is_read(String mode) throws IOException {
        assertThat(MasterKeys.read(file(directory, "k1 " + KEY_1, mode)).ids()).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n# nothing\n", "k1", "k1 short", "1 %s", "k1  %s", "k1 %s=", "kx %s", "k1 %s extra"})
    void what_is_malformed_is_refused_without_showing_a_key(String content) throws IOException {
        Path file = file(directory, content.replace("%s", KEY_2), "rw-------");
        assertThatThrownBy(() -> MasterKeys.read(file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining(KEY_2);
    }

    @Test
    void one_number_for_two_keys_is_refused() throws IOException {
        Path file = file(directory, "k1 " + KEY_1 + "\nk1 " + KEY_2, "rw-------");
        assertThatThrownBy(() -> MasterKeys.read(file)).hasMessageContaining("k1 twice");
    }

    @Test
    void a_missing_file_is_named() {
        Path file = directory.resolve("none.key");
        assertThatThrownBy(() -> MasterKeys.read(file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString());
    }
}
