package io.trunkline.qr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.Result;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Judged by readers of others: ImageIO decodes the PNG, ZXing the code. */
final class QrCodeTest {
    private static final String LPA = "LPA:1$smdp.example.com$QX3D1-AB2CD-TRUNK-LINE7";
    private static final Pattern RUN = Pattern.compile("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");

    private static BufferedImage image(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    /** As a camera finds it in a picture. */
    private static final Map<DecodeHintType, Object> FOUND = Map.of(DecodeHintType.CHARACTER_SET, "UTF-8");
    /** As what it is: a camera does not find each code in its only picture of it. */
    private static final Map<DecodeHintType, Object> READ =
            Map.of(DecodeHintType.CHARACTER_SET, "UTF-8", DecodeHintType.PURE_BARCODE, true);

    private static Result decode(int width, int height, int[] pixels, Map<DecodeHintType, Object> hints)
            throws ReaderException {
        var bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels)));
        return new QRCodeReader().decode(bitmap, hints);
    }

    private static String decoded(byte[] png, Map<DecodeHintType, Object> hints) throws IOException, ReaderException {
        BufferedImage image = image(png);
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        Result result = decode(image.getWidth(), image.getHeight(), pixels, hints);
        assertThat(result.getBarcodeFormat()).isEqualTo(BarcodeFormat.QR_CODE);
        return result.getText();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, QrCode.DEFAULT_SCALE, 13})
    void a_png_of_any_scale_is_read_by_a_camera(int scale) throws IOException, ReaderException {
        QrCode code = QrCode.of(LPA);
        byte[] png = code.png(scale);
        assertThat(image(png).getWidth()).isEqualTo(code.modules() * scale);
        assertThat(image(png).getHeight()).isEqualTo(code.modules() * scale);
        assertThat(decoded(png, FOUND)).isEqualTo(LPA);
    }

    @Test
    void the_quiet_zone_is_white_and_the_finder_begins_after_it() throws IOException {
        BufferedImage image = image(QrCode.of(LPA).png(1));
        for (int i = 0; i < image.getWidth(); i++) {
            for (int edge = 0; edge < QrCode.QUIET_ZONE; edge++) {
                assertThat(image.getRGB(i, edge) & 0xffffff).isEqualTo(0xffffff);
                assertThat(image.getRGB(edge, i) & 0xffffff).isEqualTo(0xffffff);
                assertThat(image.getRGB(i, image.getHeight() - 1 - edge) & 0xffffff)
                        .isEqualTo(0xffffff);
            }
        }
        assertThat(image.getRGB(QrCode.QUIET_ZONE, QrCode.QUIET_ZONE) & 0xffffff)
                .isZero();
    }

    @RepeatedTest(10)
    void texts_of_any_length_come_back() throws IOException, ReaderException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var text = new StringBuilder("LPA:1$");
        int length = 1 + random.nextInt(250);
        for (int i = 0; i < length; i++) {
            text.append((char) (0x21 + random.nextInt(0x5e)));
        }
        assertThat(decoded(QrCode.of(text.toString()).png(4), READ))
                .as("seed " + seed)
                .isEqualTo(text.toString());
    }

    @Test
    void the_svg_draws_the_same_modules() throws ReaderException {
        QrCode code = QrCode.of(LPA);
        String svg = code.svg("eSIM");
        int side = code.modules();
        assertThat(svg).contains("viewBox=\"0 0 " + side + " " + side + "\"").doesNotContain(LPA);
        int scale = 4;
        int[] pixels = new int[side * scale * side * scale];
        Arrays.fill(pixels, 0xffffffff);
        Matcher runs = RUN.matcher(svg);
        while (runs.find()) {
            assertThat(runs.group(3)).isEqualTo(runs.group(4));
            int x = Integer.parseInt(runs.group(1)) * scale;
            int y = Integer.parseInt(runs.group(2)) * scale;
            for (int row = y; row < y + scale; row++) {
                int from = row * side * scale + x;
                Arrays.fill(pixels, from, from + Integer.parseInt(runs.group(3)) * scale, 0xff000000);
            }
        }
        assertThat(decode(side * scale, side * scale, pixels, FOUND).getText()).isEqualTo(LPA);
    }

    @Test
    void the_title_of_an_svg_is_text_and_no_markup() {
        assertThat(QrCode.of(LPA).svg("<script>&</script>"))
                .contains("<title>&lt;script&gt;&amp;&lt;/script&gt;</title>");
    }

    @Test
    void what_fits_into_no_code_is_refused() {
        assertThat(QrCode.of("x".repeat(2_331)).modules()).isEqualTo(177 + 2 * QrCode.QUIET_ZONE);
        assertThatThrownBy(() -> QrCode.of("x".repeat(2_332)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2332");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, QrCode.MAX_SCALE + 1})
    void a_scale_out_of_bounds_is_refused(int scale) {
        assertThatThrownBy(() -> QrCode.of(LPA).png(scale)).isInstanceOf(IllegalArgumentException.class);
    }
}
