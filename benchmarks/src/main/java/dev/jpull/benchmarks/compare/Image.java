// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** The images that are pulled. */
enum Image {
    /** One layer of 1 MB. */
    TINY,
    /** 60 layers of 1 to 3 MB. */
    MANY,
    /** Eight layers of 12 to 94 MB, 384 MB together: layers of real images differ that much. */
    TYPICAL,
    /** One layer of 1 GB. */
    BIG;

    private static final long MIB = 1 << 20;

    /** The sizes of the layers, in bytes. */
    List<Long> layers() {
        return switch (this) {
            case TINY -> List.of(MIB);
            case MANY -> LongStream.range(0, 60).mapToObj(i -> MIB + i * 34_000).toList();
            case TYPICAL ->
                LongStream.of(94, 76, 60, 48, 40, 32, 22, 12)
                        .mapToObj(size -> size * MIB)
                        .toList();
            case BIG -> List.of(1024 * MIB);
        };
    }

    /** The name, which is that of the repository too. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
