// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import java.nio.file.Path;
import java.security.Provider;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Suppliers of TLS that supply none. */
class TlsProviderTest {
    @TempDir
    Path temporary;

    static Stream<Arguments> suppliers() {
        return Stream.of(
                Arguments.of("null", (Supplier<Provider>) () -> null, "returns null"),
                Arguments.of(
                        "missing library",
                        (Supplier<Provider>) () -> {
                            throw new UnsatisfiedLinkError("no such library");
                        },
                        "no such library"),
                Arguments.of(
                        "failure",
                        (Supplier<Provider>) () -> {
                            throw new IllegalStateException("not today");
                        },
                        "not today"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("suppliers")
    void thePullFailsAndSaysWhatToDo(String name, Supplier<Provider> supplier, String reason) {
        Fixture fixture = new Fixture(temporary).hosts("server = \"https://localhost:1\"");
        try (ImagePuller puller = fixture.retryingAtOnce().tlsProvider(supplier).build()) {
            assertThatThrownBy(() -> puller.pull(Fixture.NAMESPACE + "/team/app:1"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll(reason, "leave tlsProvider out");
        }
    }
}
