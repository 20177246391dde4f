package io.trunkline.simulators.http;

import java.io.IOException;

/** Bytes that are no request this server reads; the connection cannot be used any more. */
final class MalformedRequestException extends IOException {
    private final int status;

    MalformedRequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
