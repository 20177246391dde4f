package io.trunkline.qr;

import io.nayuki.qrcodegen.QrCode.Ecc;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A QR code (ISO/IEC 18004) with error correction level M and its quiet zone of 4 modules. */
public final class QrCode {
    /** ISO/IEC 18004 6.3.8. */
    public static final int QUIET_ZONE = 4;

    /** Pixels a module: an activation code of ordinary length has about 300 pixels a side. */
    public static final int DEFAULT_SCALE = 8;

    public static final int MAX_SCALE = 64;

    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private final io.nayuki.qrcodegen.QrCode code;

    private QrCode(io.nayuki.qrcodegen.QrCode code) {
        this.code = code;
    }

    /**
     * Of a text.
     *
     * @throws IllegalArgumentException where it does not fit into the largest code (2,331 bytes)
     */
    public static QrCode of(String text) {
        try {
            return new QrCode(io.nayuki.qrcodegen.QrCode.encodeText(text, Ecc.MEDIUM));
        } catch (io.nayuki.qrcodegen.DataTooLongException e) {
            throw new IllegalArgumentException("a QR code cannot hold " + text.length() + " characters", e);
        }
    }

    /** Modules a side, the quiet zone included. */
    public int modules() {
        return code.size + 2 * QUIET_ZONE;
    }

    /**
     * As PNG (ISO/IEC 15948) with one bit a pixel, black on white.
     *
     * @param scale pixels a module, 1 to {@link #MAX_SCALE}
     */
    public byte[] png(int scale) {
        if (scale < 1 || scale > MAX_SCALE) {
            throw new IllegalArgumentException("a scale is 1 to " + MAX_SCALE + " pixels a module, not " + scale);
        }
        int side = modules() * scale;
        var png = new ByteArrayOutputStream(1024);
        png.writeBytes(PNG_SIGNATURE);
        // Bit depth 1, greyscale, the only compression and filter methods, not interlaced.
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(side)
                        .putInt(side)
                        .put(new byte[] {1, 0, 0, 0, 0})
                        .array());
        chunk(png, "IDAT", deflate(pixels(scale, side)));
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    /** Rows of filter type 0, each pixel a bit, 1 is white. */
    private byte[] pixels(int scale, int side) {
        int stride = 1 + (side + 7) / 8;
        byte[] pixels = new byte[stride * side];
        for (int module = 0; module < modules(); module++) {
            int row = module * scale * stride;
            for (int x = 0; x < side; x++) {
                if (!dark(x / scale, module)) {
                    pixels[row + 1 + x / 8] |= (byte) (0x80 >> (x % 8));
                }
            }
            for (int copy = 1; copy < scale; copy++) {
                System.arraycopy(pixels, row, pixels, row + copy * stride, stride);
            }
        }
        return pixels;
    }

    private boolean dark(int x, int y) {
        return code.getModule(x - QUIET_ZONE, y - QUIET_ZONE);
    }

    private static byte[] deflate(byte[] bytes) {
        try (var deflater = new Deflater()) {
            deflater.setInput(bytes);
            deflater.finish();
            var out = new ByteArrayOutputStream(1024);
            byte[] buffer = new byte[1024];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var crc = new CRC32();
        crc.update(name);
        crc.update(data);
        png.writeBytes(ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(name)
                .put(data)
                .putInt((int) crc.getValue())
                .array());
    }

    /**
     * As SVG: one path in a view box of {@link #modules} a side, black on white; it has no size of its own.
     *
     * @param title what a screen reader says; must not be the code's content where that is a secret
     */
    public String svg(String title) {
        int side = modules();
        var path = new StringBuilder(4096);
        for (int y = 0; y < side; y++) {
            int x = 0;
            while (x < side) {
                int from = x;
                while (x < side && dark(x, y)) {
                    x++;
                }
                if (x > from) {
                    int run = x - from;
                    path.append('M').append(from).append(' ').append(y);
                    path.append('h').append(run).append("v1h-").append(run).append('z');
                }
                x++;
            }
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %1$d" role="img" \
                shape-rendering="crispEdges"><title>%2$s</title>\
                <rect width="%1$d" height="%1$d" fill="#fff"/><path fill="#000" d="%3$s"/></svg>
                """.formatted(side, escape(title), path);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
