package io.trunkline.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.ids.Iccid;
import io.trunkline.network.hlr.SimKeys;
import io.trunkline.stories.RunningServer;
import io.trunkline.stories.SharedServer;
import io.trunkline.stories.World;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a SIM shares with its network, in the stock. */
@Tag("database")
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockKeysTest {
    private World world;
    private Stock stock;
    private List<Iccid> iccids;

    @BeforeAll
    void prepare(RunningServer server) {
        world = server.world("keys").stock(0, 4);
        stock = server.bean(Stock.class);
        iccids = world.sql()
                .list(
                        "SELECT iccid FROM profile_stock WHERE profile_type = ? ORDER BY iccid",
                        row -> new Iccid(row.text("iccid")),
                        world.profileType());
    }

    private byte[] sealed(Iccid iccid) {
        return world.sql()
                .one(
                        "SELECT sealed_keys FROM profile_stock WHERE iccid = ?",
                        row -> row.bytes("sealed_keys"),
                        iccid.digits())
                .orElseThrow();
    }

    private void setSealed(Iccid iccid, byte[] keys) {
        world.sql().update("UPDATE profile_stock SET sealed_keys = ? WHERE iccid = ?", keys, iccid.digits());
    }

    @Test
    void theyComeOutAsTheyWentIn() {
        Iccid iccid = iccids.getFirst();
        assertThat(stock.keys(world.sql(), iccid)).contains(World.keys(iccid));
        var shouted = new SimKeys("0123456789ABCDEF0123456789ABCDEF", "FEDCBA9876543210FEDCBA9876543210");
        setSealed(iccids.get(1), stock.sealedKeys(iccids.get(1), shouted));
        assertThat(stock.keys(world.sql(), iccids.get(1)))
                .as("hexadecimal digits have no case")
                .contains(new SimKeys("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"));
    }

    @Test
    void whoReadsTheTableReadsNoKey() {
        Iccid iccid = iccids.getFirst();
        SimKeys keys = World.keys(iccid);
        String stored = HexFormat.of().formatHex(sealed(iccid));
        assertThat(stored).doesNotContain(keys.ki()).doesNotContain(keys.opc());
        assertThat(new String(sealed(iccid), StandardCharsets.ISO_8859_1))
                .doesNotContain(keys.ki())
                .doesNotContain(keys.opc());
        assertThat(sealed(iccid)).as("sealed twice, it looks different").isNotEqualTo(stock.sealedKeys(iccid, keys));
    }

    @Test
    void thoseOfOneProfileDoNotOpenAsAnothers() {
        setSealed(iccids.get(2), sealed(iccids.getFirst()));
        assertThatThrownBy(() -> stock.keys(world.sql(), iccids.get(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(iccids.get(2).digits());
    }

    @Test
    void aProfileCanBeWithoutThemAndAnUnknownOneHasNone() {
        world.sql()
                .update(
                        "UPDATE profile_stock SET sealed_keys = NULL WHERE iccid = ?",
                        iccids.get(3).digits());
        assertThat(stock.keys(world.sql(), iccids.get(3))).isEmpty();
        assertThat(stock.keys(world.sql(), Iccid.ofBody("894499999999999999"))).isEmpty();
    }
}
