package io.trunkline.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpOptionsTest {
    @Test
    void withoutOptionsItListensOnLoopbackAndBringsTheDemo() {
        UpOptions options = UpOptions.parse(List.of());
        assertThat(options.bind()).isEqualTo("127.0.0.1");
        assertThat(options.demo()).isTrue();
        assertThat(options.port()).isZero();
        assertThat(options.databaseUrl()).isEmpty();
    }

    @Test
    void aValueFollowsItsNameOrAnEqualsSign() {
        assertThat(UpOptions.parse(List.of("--data", "/tmp/a", "--port=81")).data())
                .isEqualTo(Path.of("/tmp/a"));
        assertThat(UpOptions.parse(List.of("--data=/tmp/b", "--port", "82")).port())
                .isEqualTo(82);
    }

    @Test
    void anOpenAddressNeedsTlsOrAWordThatItIsMeant() {
        assertThatThrownBy(() -> UpOptions.parse(List.of("--bind", "0.0.0.0")))
                .hasMessageContaining("--insecure")
                .hasMessageContaining("--tls-cert");
        assertThat(UpOptions.parse(List.of("--bind", "0.0.0.0", "--insecure")).bind())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThatThrownBy(() -> UpOptions.parse(List.of(
                        "--colour",
                        "--port",
                        "70000",
                        "--demo",
                        "huge",
                        "--tls-key",
                        "/nowhere",
                        "--public-url",
                        "x",
                        "--requests-database-url",
                        "jdbc:postgresql://h/d",
                        "--data")))
                .hasMessageContainingAll(
                        "--colour",
                        "70000",
                        "huge",
                        "--tls-cert and --tls-key",
                        "/nowhere",
                        "--public-url",
                        "--database-url",
                        "--data needs a value");
    }

    @Test
    void libpqsUrlsBecomeJdbcs() {
        assertThat(DatabaseUrls.jdbc("postgresql://owner:p%40ss@db:5433/lines?sslmode=require"))
                .isEqualTo("jdbc:postgresql://db:5433/lines?sslmode=require&user=owner&password=p%40ss");
        assertThat(DatabaseUrls.jdbc("postgres://db/lines")).isEqualTo("jdbc:postgresql://db/lines");
        assertThat(DatabaseUrls.jdbc("jdbc:postgresql://db/lines?user=o"))
                .isEqualTo("jdbc:postgresql://db/lines?user=o");
        assertThatThrownBy(() -> DatabaseUrls.jdbc("postgresql://owner:s3cr et@db/lines"))
                .isInstanceOf(BoxException.class)
                .hasMessageNotContaining("s3cr");
    }
}
