// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class InflateEngineTest {
    @Test
    void theSettingNamesTheEngine() {
        assertThat(InflateEngine.of("java")).isSameAs(InflateEngine.java()).hasToString("java");
        assertThat(InflateEngine.of("auto").toString()).isIn("java", "isal");
        assertThatThrownBy(() -> InflateEngine.of("zlib"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use auto, java or isal");
    }

    @Test
    void isalIsRefusedWhereItCannotBeUsedAndElseChosen() {
        InflateEngine automatic = InflateEngine.of("auto");
        if (automatic.toString().equals("isal")) {
            assertThat(InflateEngine.of("isal")).isSameAs(automatic);
        } else {
            assertThatThrownBy(() -> InflateEngine.of("isal"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ISA-L cannot inflate layers here: ")
                    .hasMessageContaining("use auto or java");
        }
    }

    @Test
    void isalFreesItsMemoryOnceAndRefusesToGoOn() throws IOException {
        Assumptions.assumeTrue(InflateEngine.of("auto").toString().equals("isal"), "libisal2 is not installed");
        byte[] content = new byte[1 << 20];
        new Random(7).nextBytes(content);
        byte[] layer = GzipMember.of(content).bytes();

        DecodedStream stream =
                LayerDecoder.open(new ByteArrayInputStream(layer), DecodeLimits.DEFAULT, InflateEngine.of("isal"));
        assertThat(stream.readNBytes(10)).hasSize(10);
        stream.close();
        stream.close();

        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }
}
