package io.trunkline.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VaultTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    private Vault vault;

    @BeforeEach
    void open() throws IOException {
        vault = vault("k1 " + MasterKeysTest.KEY_1);
    }

    private Vault vault(String keys) throws IOException {
        return new Vault(MasterKeys.read(MasterKeysTest.file(directory, keys, "rw-------")));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    @RepeatedTest(20)
    void what_is_sealed_opens_for_its_context_and_no_other() {
        byte[] plain = bytes();
        byte[] sealed = vault.seal(plain, "table/row-1");
        assertThat(vault.open(sealed, "table/row-1")).as("seed " + seed).isEqualTo(plain);
        assertThatThrownBy(() -> vault.open(sealed, "table/row-2")).isInstanceOf(IllegalStateException.class);
    }

    @RepeatedTest(20)
    void a_changed_bit_anywhere_does_not_open() {
        byte[] sealed = vault.seal(bytes(), "c");
        byte[] changed = sealed.clone();
        int bit = random.nextInt(sealed.length * 8);
        changed[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThatThrownBy(() -> vault.open(changed, "c"))
                .as("seed " + seed + ", bit " + bit)
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_value_that_was_cut_off_does_not_open_and_says_so() {
        byte[] sealed = vault.sealText("text", "c");
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> vault.open(cut, "c")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> vault.openWith(vault.newKey(), cut, "c"))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void the_same_text_is_sealed_differently_each_time() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 100; i++) {
            seen.add(Arrays.toString(vault.sealText("text", "c")));
        }
        assertThat(seen).hasSize(100);
        assertThat(new String(vault.sealText("a plain text", "c"), UTF_8)).doesNotContain("plain");
    }

    @Test
    void a_rotated_key_seals_anew_and_the_old_one_still_opens() throws IOException {
        byte[] before = vault.sealText("text", "c");
        Vault.Authenticator old = vault.authenticator("p");
        byte[] code = old.code("m".getBytes(UTF_8), 32);

        Vault rotated = vault("k2 " + MasterKeysTest.KEY_2 + "\nk1 " + MasterKeysTest.KEY_1);
        byte[] after = rotated.sealText("text", "c");

        assertThat(rotated.openText(before, "c")).isEqualTo("text");
        assertThat(rotated.openText(after, "c")).isEqualTo("text");
        assertThatThrownBy(() -> vault.openText(after, "c")).hasMessageContaining("k2");
        assertThat(rotated.authenticator("p").holds("m".getBytes(UTF_8), code)).isTrue();
        assertThat(rotated.authenticator("p").code("m".getBytes(UTF_8), 32)).isNotEqualTo(code);
        assertThat(rotated.sharedSecret("s"))
                .as("servers before and after the rotation agree")
                .isEqualTo(vault.sharedSecret("s"));
        assertThatThrownBy(() -> vault("k2 " + MasterKeysTest.KEY_2).openText(before, "c"))
                .as("without the old key")
                .hasMessageContaining("k1");
    }

    @Test
    void a_data_key_opens_what_it_sealed_and_no_other_does() {
        byte[] key = vault.newKey();
        byte[] sealed = vault.sealWith(key, "text".getBytes(UTF_8), "c");
        assertThat(vault.openWith(key, sealed, "c")).isEqualTo("text".getBytes(UTF_8));
        assertThatThrownBy(() -> vault.openWith(vault.newKey(), sealed, "c")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> vault.open(sealed, "c")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void purposes_do_not_stand_in_for_each_other() {
        byte[] message = "m".getBytes(UTF_8);
        byte[] code = vault.authenticator("one").code(message, 16);
        assertThat(vault.authenticator("one").holds(message, code)).isTrue();
        assertThat(vault.authenticator("two").holds(message, code)).isFalse();
        assertThat(vault.authenticator("one").holds("n".getBytes(UTF_8), code)).isFalse();
        assertThat(vault.sharedSecret("one")).isNotEqualTo(vault.sharedSecret("two"));
    }

    @Test
    void secrets_have_256_bits_and_are_never_the_same() {
        assertThat(vault.newSecret()).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(vault.newSecret());
        assertThat(vault.newKey()).hasSize(32);
    }

    @Test
    void a_failure_shows_neither_plain_text_nor_key() {
        byte[] sealed = vault.sealText("confidential", "c");
        assertThatThrownBy(() -> vault.openText(sealed, "d"))
                .hasMessageNotContaining("confidential")
                .hasMessageNotContaining(MasterKeysTest.KEY_1);
    }
}
