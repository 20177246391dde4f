package io.trunkline.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.database.Slice;
import io.trunkline.ids.OrganizationId;
import io.trunkline.keys.MasterKeys;
import io.trunkline.keys.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CursorsTest {
    private static final OrganizationId OWN = new OrganizationId(new UUID(1, 1));
    private static final OrganizationId OTHER = new OrganizationId(new UUID(1, 2));

    private Cursors cursors;

    @BeforeEach
    void prepare(@TempDir Path directory) throws IOException {
        cursors = new Cursors(new Vault(MasterKeys.readOrCreate(directory.resolve("master.key"))));
    }

    private static Slice.From random(Random random) {
        return new Slice.From(
                random.nextBoolean(),
                random.nextBoolean(),
                new Slice.Key(random.nextLong(), new UUID(random.nextLong(), random.nextLong())));
    }

    @Test
    void a_cursor_is_the_place_that_it_was_made_of_and_short() {
        var random = new Random(3);
        for (int i = 0; i < 500; i++) {
            Slice.From place = random(random);
            String cursor = cursors.write(OWN, "/list?a=1", place);
            assertThat(cursor).hasSizeLessThanOrEqualTo(Parameters.MAX_CURSOR).matches("[A-Za-z0-9_-]+");
            assertThat(cursors.read(OWN, "/list?a=1", cursor)).contains(place);
        }
    }

    @Test
    void it_holds_for_no_other_organization_path_or_filter() {
        String cursor = cursors.write(OWN, "/list?a=1", random(new Random(4)));
        assertThat(cursors.read(OTHER, "/list?a=1", cursor)).isEmpty();
        assertThat(cursors.read(OWN, "/list?a=2", cursor)).isEmpty();
        assertThat(cursors.read(OWN, "/lists?a=1", cursor)).isEmpty();
    }

    @Test
    void changed_in_any_bit_it_is_no_cursor_any_more() {
        byte[] bytes = Base64.getUrlDecoder().decode(cursors.write(OWN, "/list", random(new Random(5))));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cursors.read(
                            OWN,
                            "/list",
                            Base64.getUrlEncoder().withoutPadding().encodeToString(changed)))
                    .as("bit " + bit)
                    .isEmpty();
        }
        assertThat(cursors.read(OWN, "/list", "")).isEmpty();
        assertThat(cursors.read(OWN, "/list", "AAAA")).isEmpty();
        assertThat(cursors.read(OWN, "/list", "not base64!")).isEmpty();
    }
}
