// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.io.StringReader;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/**
 * Private keys as PKCS#1 and SEC1, which the JDK does not read. Has the only references to BouncyCastle, so that everything else works
 * without that library.
 */
final class TraditionalKey {
    private TraditionalKey() {}

    /**
     * The key as PKCS#8.
     *
     * @throws IOException if the block is damaged
     * @throws LinkageError if BouncyCastle is missing
     */
    static byte[] toPkcs8(PemBlock block) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(String.join("\n", block.lines()) + "\n"))) {
            if (parser.readObject() instanceof PEMKeyPair pair) {
                return pair.getPrivateKeyInfo().getEncoded();
            }
        }
        throw new IOException("the block has no private key");
    }
}
