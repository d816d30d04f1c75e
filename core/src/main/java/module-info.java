// SPDX-License-Identifier: Apache-2.0
/** The jpull engine: reads registry host configuration, resolves, transfers, verifies and stores container images. */
module dev.jpull {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires okhttp3;
    requires okio;
    requires kotlin.stdlib;
    requires org.tomlj;
    requires org.snakeyaml.engine;
    requires tools.jackson.core;
    requires org.apache.commons.compress;
    requires static org.bouncycastle.pkix;
    requires static org.bouncycastle.provider;
    requires static com.github.luben.zstd_jni;
    requires static com.sun.jna;

    exports dev.jpull;
    exports dev.jpull.credentials;
    exports dev.jpull.error;
    exports dev.jpull.event;
    exports dev.jpull.finding;
    exports dev.jpull.image;
    exports dev.jpull.secret;
}
