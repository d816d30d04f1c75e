// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.json.JsonException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The file beside a snapshot. */
class SnapshotRecordTest {
    private static final Digest CHAIN = Digest.sha256(new byte[1]);
    private static final Digest DIFF = Digest.sha256(new byte[2]);

    @Test
    void whatIsWrittenIsReadBack() throws JsonException {
        SnapshotRecord base = new SnapshotRecord(Snapshotter.NATIVE, CHAIN, null, CHAIN, true, false, 7);
        SnapshotRecord upper = new SnapshotRecord(Snapshotter.OVERLAYFS, DIFF, CHAIN, DIFF, false, true, 1L << 40);
        assertThat(SnapshotRecord.parse(base.toJson())).isEqualTo(base);
        assertThat(SnapshotRecord.parse(upper.toJson())).isEqualTo(upper);
    }

    @Test
    void recordsOfLaterVersionsAndCutOnesAreRefused() {
        byte[] json = new SnapshotRecord(Snapshotter.NATIVE, CHAIN, null, CHAIN, true, false, 7).toJson();
        String text = new String(json, StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SnapshotRecord.parse(bytes(text.replace("\"version\":1", "\"version\":2"))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("version 1");
        assertThatThrownBy(() -> SnapshotRecord.parse(bytes(text.replace("sha256:", "sha256-"))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("not a digest");
        for (int length = 0; length < text.length(); length++) {
            String cut = text.substring(0, length);
            assertThatThrownBy(() -> SnapshotRecord.parse(bytes(cut))).isInstanceOf(JsonException.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
