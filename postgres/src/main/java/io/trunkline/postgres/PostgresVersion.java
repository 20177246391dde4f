package io.trunkline.postgres;

/** The version that is brought along; the build pins the archives to it. */
final class PostgresVersion {
    static final String BINARIES = "18.6.0";
    static final String MAJOR = "18";

    private PostgresVersion() {}
}
