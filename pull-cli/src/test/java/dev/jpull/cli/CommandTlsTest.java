// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which TLS the command uses. */
class CommandTlsTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "native"})
    void theNativeOneIsUsedWhereItsLibraryIsThere(String setting) throws Exception {
        CommandTls tls = CommandTls.of(setting);
        assertThat(CommandTls.problem(setting)).isNull();
        if (Conscrypt.isAvailable()) {
            assertThat(Conscrypt.isConscrypt(tls.get())).isTrue();
            assertThat(tls.description()).startsWith("BoringSSL, by Conscrypt ");
        } else {
            assertThat(tls.get()).isSameAs(SSLContext.getInstance("TLS").getProvider());
            assertThat(tls.description()).startsWith("JSSE, because the native library cannot be loaded: ");
        }
        assertThat(tls.get()).as("the same one each time").isSameAs(tls.get());
    }

    @Test
    void thatOfJavaIsUsedWhenItIsAskedFor() throws Exception {
        CommandTls tls = CommandTls.of("jsse");
        assertThat(CommandTls.problem("jsse")).isNull();
        assertThat(tls.get()).isSameAs(SSLContext.getInstance("TLS").getProvider());
        assertThat(tls.description()).isEqualTo("JSSE");
    }

    @Test
    void nothingIsRegistered() {
        CommandTls.of("native").get();
        assertThat(Security.getProviders()).noneMatch(Conscrypt::isConscrypt);
    }

    @Test
    void anotherValueIsRefusedWithThoseThatThereAre() {
        assertThat(CommandTls.problem("openssl")).isEqualTo("JPULL_TLS has to be native or jsse");
    }
}
