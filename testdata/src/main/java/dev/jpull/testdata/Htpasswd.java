// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.security.SecureRandom;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** The password file of a registry. */
public final class Htpasswd {
    private static final int SALT = 16;
    private static final int COST = 5;

    private Htpasswd() {}

    /** The line of a user. */
    public static String line(String user, String password) {
        byte[] salt = new byte[SALT];
        new SecureRandom().nextBytes(salt);
        return user + ":" + OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, COST) + "\n";
    }
}
