// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import static dev.jpull.tar.Archive.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are refused, each with a message that says where. */
class TarRefusalsTest {
    private static final TarLimits SMALL = new TarLimits(3, 4096, 4, 10_000);

    private static void refused(Archive archive, String... parts) {
        refused(archive.ended(), TarLimits.DEFAULT, parts);
    }

    private static void refused(byte[] archive, TarLimits limits, String... parts) {
        assertThatThrownBy(() -> Reading.all(new ByteArrayInputStream(archive), limits))
                .isInstanceOf(TarException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void theMessageSaysWhere() {
        refused(
                new Archive().file("first", "x").add(header('2', "dir/\33[31mname")),
                "entry 2",
                "dir/",
                "at byte 1024",
                "a link without a target");
        assertThatThrownBy(() -> Reading.only(new Archive().add(header('2', "\33[31m\u009b"))))
                .message()
                .doesNotContain("\33", "\u009b");
    }

    @Test
    void wrongSumsAreRefused() {
        byte[] archive = new Archive().file("x", "").ended();
        archive[0]++;
        refused(archive, TarLimits.DEFAULT, "wrong checksum", "at byte 0");
        Arrays.fill(archive, 148, 156, (byte) 'z');
        refused(archive, TarLimits.DEFAULT, "wrong checksum");
        Arrays.fill(archive, 148, 156, (byte) 0);
        refused(archive, TarLimits.DEFAULT, "wrong checksum");
    }

    @Test
    void whatFollowsOneBlockOfZerosIsRefused() {
        refused(
                new Archive().file("x", "").raw(new byte[512]).file("hidden", ""),
                "single block of zeros, which ends at byte 1024");
    }

    @Test
    void truncatedArchivesAreRefusedAtTheByte() {
        byte[] archive = new Archive()
                .pax("path", "a long name")
                .file("x", "d".repeat(600))
                .bytes();
        refused(Arrays.copyOf(archive, 300), TarLimits.DEFAULT, "ends at byte 300, within a header block");
        refused(Arrays.copyOf(archive, 520), TarLimits.DEFAULT, "ends at byte 520, within an extended header");
        refused(Arrays.copyOf(archive, 700), TarLimits.DEFAULT, "ends at byte 700, behind an extended header");
        refused(Arrays.copyOf(archive, 1024), TarLimits.DEFAULT, "an extended header has no entry behind it");
        refused(Arrays.copyOf(archive, 1100), TarLimits.DEFAULT, "ends at byte 1100, within a header block");
        refused(
                Arrays.copyOf(archive, 2100),
                TarLimits.DEFAULT,
                "ends at byte 2100",
                "36 bytes of its data are missing");
        refused(new Archive().pax("path", "x"), "an extended header has no entry behind it");
    }

    @Test
    void skippedDataThatIsMissingIsNoticed() throws IOException {
        byte[] archive = new Archive().file("x", "d".repeat(600)).bytes();
        try (TarReader reader =
                new TarReader(new ByteArrayInputStream(Arrays.copyOf(archive, 700)), TarLimits.DEFAULT)) {
            assertThat(reader.next()).isNotNull();
            assertThatThrownBy(reader::next).isInstanceOf(TarException.class).hasMessageContaining("412 bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({"124, size", "100, mode", "108, owner", "116, group", "136, time of modification"})
    void fieldsThatAreNoNumbersAreRefused(int offset, String name) {
        refused(new Archive().add(header('0', "x").text(offset, "0x1")), "the " + name + " is not a number");
        if (offset > 120) {
            refused(
                    new Archive().add(header('0', "x").bytes(offset, (byte) 0x9f, (byte) -1, (byte) -1)),
                    "the " + name + " is not a number");
        }
    }

    @Test
    void negativeSizesAreRefused() {
        refused(new Archive().add(header('0', "x").binary(124, 12, -1)), "the size is negative: -1");
        refused(new Archive().pax("size", "-512").add(header('0', "x")), "the size is negative: -512");
        refused(new Archive().add(header('x', "x").binary(124, 12, -512)), "the size is negative");
        refused(new Archive().add(header('L', "x").binary(124, 12, -512)), "the size is negative");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967295", "4294967296", "-1", "9223372036854775807"})
    void ownersOutOfRangeAreRefused(String owner) {
        refused(new Archive().pax("uid", owner).add(header('0', "x")), "its uid is " + owner);
        refused(new Archive().pax("gid", owner).add(header('0', "x")), "its gid is " + owner);
    }

    @Test
    void deviceNumbersOutOfRangeAreRefused() {
        refused(new Archive().add(header('3', "x").octal(329, 8, 4096)), "a device number is 4096");
        refused(new Archive().add(header('4', "x").octal(337, 8, 1 << 20)), "a device number is 1048576");
        refused(new Archive().add(header('4', "x").binary(329, 8, -1)), "a device number is -1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "6 x=a",
                "5 x=a\n",
                "7 x=a\n",
                "99 x=a\n",
                "-6 x=a\n",
                "x=a\n",
                "5 =a\n",
                "6 xaa\n",
                "0 x=a\n",
                "4 \n\n",
                "2 ",
                "18446744073709551622 x=a\n",
                "6 x=a\n\0\0",
                "06x x=a\n",
                " 6 x=a\n"
            })
    void malformedRecordsAreRefused(String records) {
        refused(new Archive().add(header('x', "x"), records).file("x", ""), "extended header");
    }

    @ParameterizedTest
    @CsvSource({
        "path, 'a\0b', NUL",
        "linkpath, 'a\0b', NUL",
        "'SCHILY.xattr.user\0x', a, NUL",
        "'k\0y', a, NUL",
        "SCHILY.xattr., a, no name",
        "mtime, x, not a time",
        "atime, 1e9, not a time",
        "size, 0x10, not a number",
        "uid, 1.5, not a number",
        "mtime, 99999999999999999999, not a time",
        "GNU.sparse.name, 'a\0b', NUL"
    })
    void recordsWithWrongValuesAreRefused(String keyword, String value, String message) {
        refused(new Archive().pax(keyword, value).file("x", ""), message);
    }

    @Test
    void numbersWithManyDigitsCostNothing() {
        refused(new Archive().pax("mtime", "9".repeat(900_000)).file("x", ""), "not a time");
        refused(new Archive().pax("size", "9".repeat(900_000)).file("x", ""), "not a number");
    }

    @Test
    void globalHeadersThatSetSizesAreRefused() {
        for (String keyword : new String[] {"size", "GNU.sparse.size", "GNU.sparse.offset"}) {
            String records = Archive.records(keyword, "1")
                    + (keyword.endsWith("offset") ? Archive.records("GNU.sparse.numbytes", "1") : "");
            refused(new Archive().add(header('g', "g"), records).file("x", ""), "global extended header sets sizes");
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'M', 'N', 'A', 'E', 'I', 'Z', '8', '9', '\377', ' ', 'a'})
    void otherTypesAreRefused(char type) {
        refused(new Archive().add(header(type, "x")), type == 'M' ? "volume" : "is not known");
    }

    @Test
    void entriesWithoutPathAreRefused() {
        refused(new Archive().add(header('0', "")), "it has no path");
        refused(new Archive().longName("").add(header('0', "x")), "it has no path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1", "1,2,3", "-1,2", "1,-2", "1,6", "2,2,1,1", "0,3,2,1", "9223372036854775807,3",
                        "1,9223372036854775807",
                "1,x", "1,,2", "1,2,", "0,2", "0,4", "5,3", "1 ,2", ",", "99999999999999999999,1"
            })
    void wrongSparseMapsAreRefused(String map) {
        refused(new Archive().pax("GNU.sparse.size", "6", "GNU.sparse.map", map).file("x", "abc"), "sparse map");
    }

    @Test
    void sparseMapsInTheDataThatAreWrongAreRefused() {
        for (String data : new String[] {
            "",
            "1",
            "1\n0\n",
            "2\n0\n1\n1\n" + "\0".repeat(600),
            "9999999999\n" + "\0".repeat(600),
            "-1\n" + "\0".repeat(600),
            "x\n" + "\0".repeat(600),
            "1".repeat(600),
            "1\n0\n7\n" + "\0".repeat(512),
            "1\n0\n3\n" + "\0".repeat(505)
        }) {
            refused(
                    new Archive()
                            .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "6")
                            .file("x", data),
                    "sparse map");
        }
    }

    @Test
    void sparseMapsOfOtherKindsAreRefused() {
        refused(
                new Archive()
                        .pax("GNU.sparse.major", "2", "GNU.sparse.minor", "0")
                        .file("x", ""),
                "format of its sparse map is not known");
        refused(new Archive().pax("GNU.sparse.map", "0,1").file("x", "a"), "not the size of the file");
        refused(
                new Archive()
                        .pax("GNU.sparse.map", "0,1", "GNU.sparse.size", "1")
                        .add(header('5', "x")),
                "is not a file");
        refused(new Archive().add(header('S', "x")), "its header has another format");
        refused(
                new Archive()
                        .pax(
                                "GNU.sparse.size",
                                "6",
                                "GNU.sparse.numblocks",
                                "2",
                                "GNU.sparse.offset",
                                "1",
                                "GNU.sparse.numbytes",
                                "2")
                        .file("x", "ab"),
                "has 1 parts, but 2 are announced");
        refused(
                new Archive()
                        .pax("GNU.sparse.numbytes", "1", "GNU.sparse.offset", "2")
                        .file("x", ""),
                "do not alternate");
        refused(new Archive().pax("GNU.sparse.offset", "1").file("x", ""), "an offset without a length");
    }

    @Test
    void sparseBombsStopAtTheLimit() {
        refused(
                new Archive()
                        .pax("GNU.sparse.size", "9", "GNU.sparse.map", "0,0,".repeat(200) + "0,0")
                        .file("x", "")
                        .ended(),
                SMALL,
                "more than 4 parts");
        refused(
                new Archive()
                        .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "6")
                        .file("x", "1000000\n" + "0\n0\n".repeat(200))
                        .ended(),
                SMALL,
                "more than 4 parts");
        Archive endless = new Archive()
                .add(header('S', "x").magic(Archive.GNU).octal(483, 12, 9).bytes(482, (byte) 1));
        byte[] continued = new byte[512];
        continued[504] = 1;
        for (int i = 0; i < 10; i++) {
            endless.raw(continued);
        }
        refused(endless.ended(), SMALL, "more than 4 parts");
    }

    @Test
    void aSparseFileCountsWithItsHoles() {
        refused(
                new Archive()
                        .pax("GNU.sparse.size", "10001", "GNU.sparse.map", "0,1")
                        .file("x", "a")
                        .ended(),
                SMALL,
                "more than 10000 bytes together");
        refused(
                new Archive()
                        .pax("GNU.sparse.size", Long.MAX_VALUE + "", "GNU.sparse.map", "0,1")
                        .file("x", "a"),
                "more than 1099511627776 bytes together");
    }

    @Test
    void limitsHoldForAllEntriesTogether() {
        refused(
                new Archive()
                        .file("a", "")
                        .file("b", "")
                        .file("c", "")
                        .file("d", "")
                        .ended(),
                SMALL,
                "more than 3 entries");
        refused(
                new Archive()
                        .file("a", "x".repeat(6000))
                        .file("b", "x".repeat(6000))
                        .ended(),
                SMALL,
                "more than 10000 bytes");
        Archive globals = new Archive();
        for (int i = 0; i < 4; i++) {
            globals.add(header('g', "g"), "");
        }
        refused(globals.ended(), SMALL, "more than 3 entries");
    }

    @Test
    void extendedHeadersOfAnEntryAreBoundedTogether() {
        refused(new Archive().longName("x".repeat(4000)).file("x", "").ended(), SMALL, "more than 4096 bytes");
        Archive many = new Archive();
        for (int i = 0; i < 9; i++) {
            many.add(header('x', "x"), "");
        }
        refused(many.file("x", "").ended(), SMALL, "more than 4096 bytes");
        refused(new Archive().add(header('x', "x").binary(124, 12, Long.MAX_VALUE)), "more than 1048576 bytes");
    }

    @Test
    void aSizeBeyondTheLimitIsRefusedBeforeItsDataIsRead() {
        byte[] huge = new Archive()
                .add(header('0', "x").binary(124, 12, Long.MAX_VALUE))
                .bytes();
        refused(huge, TarLimits.DEFAULT, "but at most 1099511627776 are read");
    }

    @Test
    void failuresOfTheStreamPass() {
        InputStream failing = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("the disk is gone");
            }
        };
        assertThatThrownBy(() -> Reading.all(failing, TarLimits.DEFAULT))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(TarException.class);
    }
}
