// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ReferenceException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories of the user are below the working directory only when JPULL_STORE says so. */
class StandardLocationsTest {
    private static Path store(Map<String, String> environment) {
        return new StandardLocations(environment).store();
    }

    @Test
    void variablesCount() {
        assertThat(store(Map.of("JPULL_STORE", "/images", "HOME", "/home/a"))).isEqualTo(Path.of("/images"));
        assertThat(store(Map.of("XDG_DATA_HOME", "/data", "HOME", "/home/a"))).isEqualTo(Path.of("/data/jpull"));
        assertThat(store(Map.of("JPULL_STORE", "", "HOME", "/home/a")))
                .isEqualTo(Path.of("/home/a/.local/share/jpull"));
    }

    @Test
    void aRelativeStoreIsBelowTheWorkingDirectoryAsWritten() {
        assertThat(store(Map.of("JPULL_STORE", "build/images", "HOME", "/home/a")))
                .isEqualTo(Path.of("build/images"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\t"})
    void aBlankStoreIsRefused(String value) {
        assertThatThrownBy(() -> store(Map.of("JPULL_STORE", value, "HOME", "/home/a")))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("JPULL_STORE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "relative", ".", "~"})
    void aRelativeHomeOrDataDirectoryDoesNotCount(String value) {
        assertThat(store(Map.of("HOME", value))).isAbsolute();
        assertThat(store(Map.of("XDG_DATA_HOME", value, "HOME", "/home/a")))
                .isEqualTo(Path.of("/home/a/.local/share/jpull"));
    }
}
