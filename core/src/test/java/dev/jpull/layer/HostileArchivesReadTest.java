// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.compression.DecodeException;
import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.LayerDecoder;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.hostile.HostileArchive;
import dev.jpull.testdata.hostile.HostileArchives;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading hostile archives ends, with their entries or with one clear line; what may be extracted can be read. */
class HostileArchivesReadTest {
    static final DecodeLimits DECODE = new DecodeLimits(64 << 20, 200, 1 << 20, 27);
    static final TarLimits TAR = new TarLimits(20_000, 1 << 20, 10_000, 128 << 20);

    static List<HostileArchive> archives() {
        return HostileArchives.all("/outside");
    }

    @ParameterizedTest
    @MethodSource("archives")
    void isReadToItsEndOrRefused(HostileArchive archive) throws IOException {
        for (HostileArchive.Layer layer : archive.layers()) {
            try (TarReader reader = new TarReader(LayerDecoder.open(layer.open(), DECODE), TAR)) {
                byte[] buffer = new byte[1 << 16];
                while (reader.next() != null) {
                    while (reader.read(buffer, 0, buffer.length) >= 0) {
                        // the content has no meaning here
                    }
                }
                reader.drain();
            } catch (TarException | DecodeException e) {
                assertThat(e.getMessage()).matches("[\\x20-\\x7e\\xa1-\\uffff]{10,1000}");
                assertThat(archive.outcome()).as(e.getMessage()).isInstanceOf(HostileArchive.Refused.class);
            }
        }
    }
}
