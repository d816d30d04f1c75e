// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What the first connection over TLS would have to wait for: the classes of a handshake, and with the TLS of the Java runtime
 * AES-GCM as fast as the processor can do it, which takes until the compiler has seen it called some times (50, as the launcher
 * sets it).
 */
final class TlsWarmUp {
    private static final int CALLS = 64;
    private static final int RECORD = 512;
    private static final int TAG_BITS = 128;
    private static final int IV_BYTES = 12;

    private TlsWarmUp() {}

    static void run(Provider provider, X509TrustManager trust) throws GeneralSecurityException, SSLException {
        TrustManagerFactory.getInstance("PKIX");
        SSLContext context = SSLContext.getInstance("TLS", provider);
        context.init(null, new TrustManager[] {trust}, null);
        SSLEngine engine = context.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        engine.beginHandshake();
        engine.wrap(
                ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
        if (provider.equals(TlsMaterial.runtimeProvider())) {
            compileCipher();
        }
    }

    private static void compileCipher() throws GeneralSecurityException {
        SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] iv = new byte[IV_BYTES];
        byte[] record = new byte[RECORD];
        for (int i = 0; i < CALLS; i++) {
            iv[0] = (byte) i;
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
            cipher.doFinal(record);
        }
    }
}
