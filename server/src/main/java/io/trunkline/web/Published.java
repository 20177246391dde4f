package io.trunkline.web;

import org.springframework.http.MediaType;

/** Something that everybody may see and that stays as it is while the server runs, e.g. a page. */
public final class Published {
    private final MediaType type;
    private final byte[] body;
    private final String etag;

    private Published(MediaType type, byte[] body) {
        this.type = type;
        this.body = body;
        this.etag = EntityTags.tag(type, body);
    }

    /** Takes the body as it is; nobody changes it. */
    public static Published of(MediaType type, byte[] body) {
        return new Published(type, body);
    }

    MediaType type() {
        return type;
    }

    byte[] body() {
        return body;
    }

    String etag() {
        return etag;
    }
}
