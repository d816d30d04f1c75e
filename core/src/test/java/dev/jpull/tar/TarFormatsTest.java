// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import static dev.jpull.tar.Archive.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.tar.SparseMap.Chunk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives in every format, the cases of Go's archive/tar among them, in archives of our own. */
class TarFormatsTest {
    private static final String LONG = "0123456789/".repeat(30) + "end";

    @Test
    void aFileHasItsFields() throws IOException {
        TarEntry entry = Reading.only(new Archive().file("./usr/x", "content"));
        assertThat(entry.type()).isEqualTo(EntryType.FILE);
        assertThat(entry.path().text()).isEqualTo("./usr/x");
        assertThat(entry.link().length()).isZero();
        assertThat(entry.mode()).isEqualTo(0644);
        assertThat(entry.uid()).isEqualTo(1000);
        assertThat(entry.gid()).isEqualTo(1000);
        assertThat(entry.size()).isEqualTo(7);
        assertThat(entry.modified()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
        assertThat(entry.accessed()).isNull();
        assertThat(entry.sparse()).isNull();
        assertThat(entry.xattrs()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, FILE",
        "7, FILE",
        "1, HARD_LINK",
        "2, SYMLINK",
        "3, CHARACTER_DEVICE",
        "4, BLOCK_DEVICE",
        "5, DIRECTORY",
        "6, FIFO",
        "D, DIRECTORY"
    })
    void typesAreTold(char type, EntryType expected) throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .add(header(type, "x").link("target").octal(329, 8, 8).octal(337, 8, 1)));
        assertThat(entry.type()).isEqualTo(expected);
        boolean link = expected == EntryType.SYMLINK || expected == EntryType.HARD_LINK;
        assertThat(entry.link().text()).isEqualTo(link ? "target" : "");
        boolean device = expected == EntryType.CHARACTER_DEVICE || expected == EntryType.BLOCK_DEVICE;
        assertThat(List.of(entry.major(), entry.minor())).isEqualTo(device ? List.of(8L, 1L) : List.of(0L, 0L));
    }

    @Test
    void theOldTypeIsADirectoryBySlash() throws IOException {
        List<Reading.Read> entries = Reading.all(new Archive()
                .add(header('\0', "dir/").magic(Archive.V7).size(4))
                .add(header('\0', "file").magic(Archive.V7), "data")
                .add(header('0', "file/"), "data")
                .ended());
        assertThat(entries)
                .extracting(read -> read.entry().type())
                .containsExactly(EntryType.DIRECTORY, EntryType.FILE, EntryType.FILE);
        assertThat(entries.get(1).text()).isEqualTo("data");
    }

    @Test
    void aPrefixBelongsToThePath() throws IOException {
        assertThat(Reading.only(new Archive().add(header('5', "name").text(345, "a/prefix")))
                        .path()
                        .text())
                .isEqualTo("a/prefix/name");
        assertThat(Reading.only(new Archive()
                                .add(header('5', "name").magic(Archive.V7).text(345, "a/prefix")))
                        .path()
                        .text())
                .isEqualTo("name");
    }

    @Test
    void starHasAShorterPrefixAndATime() throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .add(header('5', "name")
                        .text(345, "p".repeat(131))
                        .octal(476, 12, 77)
                        .text(508, "tar\0")));
        assertThat(entry.path().text()).isEqualTo("p".repeat(131) + "/name");
        assertThat(entry.accessed()).isEqualTo(Instant.ofEpochSecond(77));
    }

    @Test
    void gnuHasATimeWhereUstarHasThePrefix() throws IOException {
        TarEntry entry = Reading.only(
                new Archive().add(header('5', "name").magic(Archive.GNU).octal(345, 12, 1_441_974_501)));
        assertThat(entry.path().text()).isEqualTo("name");
        assertThat(entry.accessed()).isEqualTo(Instant.ofEpochSecond(1_441_974_501));
    }

    @Test
    void aPrefixThatOldGoWroteIntoAGnuHeaderCounts() throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .add(header('0', "foo")
                        .magic(Archive.GNU)
                        .text(345, "a".repeat(30))
                        .binary(108, 8, 010000000)));
        assertThat(entry.path().text()).isEqualTo("a".repeat(30) + "/foo");
        assertThat(entry.uid()).isEqualTo(010000000);
        assertThat(entry.accessed()).isNull();
    }

    @Test
    void longNamesOfGnuCount() throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .longName(LONG)
                .longLink("to/" + LONG)
                .add(header('2', "0123").link("to")));
        assertThat(entry.path().text()).isEqualTo(LONG);
        assertThat(entry.link().text()).isEqualTo("to/" + LONG);
    }

    @Test
    void ofSeveralExtendedHeadersTheLastCounts() throws IOException {
        TarEntry gnu = Reading.only(new Archive()
                .longName("GNU1/long")
                .longName("GNU2/long")
                .longLink("GNU3/long")
                .longLink("GNU4/long")
                .add(header('2', "foo").link("bar")));
        assertThat(gnu.path().text()).isEqualTo("GNU2/long");
        assertThat(gnu.link().text()).isEqualTo("GNU4/long");
        TarEntry pax = Reading.only(new Archive()
                .pax("path", "PAX1/long")
                .pax("linkpath", "PAX2/long")
                .add(header('2', "bar").link("foo")));
        assertThat(pax.path().text()).isEqualTo("bar");
        assertThat(pax.link().text()).isEqualTo("PAX2/long");
    }

    @Test
    void aLongNameEndsAtItsNul() throws IOException {
        assertThat(Reading.only(new Archive().longName("0123456789\0abc").add(header('0', "x")))
                        .path()
                        .text())
                .isEqualTo("0123456789");
    }

    @Test
    void namesAreBytes() throws IOException {
        String odd = "hi\200\201\202\203bye";
        assertThat(Reading.all(new Archive()
                        .add(header('0', odd))
                        .longName(odd)
                        .add(header('0', "x"))
                        .pax("path", odd)
                        .add(header('0', "x"))
                        .ended()))
                .extracting(read -> new String(read.entry().path().bytes(), StandardCharsets.ISO_8859_1))
                .containsExactly(odd, odd, odd);
    }

    @Test
    void recordsReplaceTheBlock() throws IOException {
        List<Reading.Read> entries = Reading.all(new Archive()
                .pax(
                        "path",
                        LONG,
                        "uid",
                        "4294967294",
                        "gid",
                        "5",
                        "size",
                        "3",
                        "mtime",
                        "1350244992.023960108",
                        "atime",
                        "-1.5",
                        "ctime",
                        "x",
                        "uname",
                        "root",
                        "comment",
                        "a=b",
                        "SCHILY.xattr.user.key",
                        "val\0ue",
                        "SCHILY.xattr.user.empty",
                        "")
                .add(header('0', "short").size(600))
                .data("abc")
                .file("after", "x")
                .ended());
        TarEntry entry = entries.get(0).entry();
        assertThat(entry.path().text()).isEqualTo(LONG);
        assertThat(entry.uid()).isEqualTo(4294967294L);
        assertThat(entry.gid()).isEqualTo(5);
        assertThat(entry.size()).isEqualTo(3);
        assertThat(entries.get(0).text()).isEqualTo("abc");
        assertThat(entry.modified()).isEqualTo(Instant.ofEpochSecond(1350244992, 23960108));
        assertThat(entry.accessed()).isEqualTo(Instant.ofEpochSecond(-2, 500_000_000));
        assertThat(entry.xattrs().keySet()).extracting(RawPath::text).containsExactly("user.key", "user.empty");
        assertThat(entry.xattrs().get(RawPath.of("user.key"))).asString().isEqualTo("val\0ue");
        assertThat(entry.xattrs().get(RawPath.of("user.empty"))).isEmpty();
        assertThat(entries.get(1).path()).isEqualTo("after");
    }

    @Test
    void recordsWithoutValueKeepTheBlock() throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .pax("path", "", "uid", "", "mtime", "", "size", "")
                .file("x", "data"));
        assertThat(entry.path().text()).isEqualTo("x");
        assertThat(entry.uid()).isEqualTo(1000);
        assertThat(entry.size()).isEqualTo(4);
    }

    @Test
    void aGlobalHeaderAppliesToNothing() throws IOException {
        List<Reading.Read> entries = Reading.all(new Archive()
                .add(header('g', "pax_global_header"), Archive.records("path", "global", "mtime", "1", "comment", "x"))
                .pax("path", "local")
                .file("x", "")
                .file("y", "")
                .ended());
        assertThat(entries).extracting(Reading.Read::path).containsExactly("local", "y");
        assertThat(entries.get(1).entry().modified()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
    }

    @Test
    void aSizeInRecordsDoesNotChangeExtendedHeaders() throws IOException {
        List<Reading.Read> entries = Reading.all(new Archive()
                .pax("size", "2048")
                .longName("long.txt")
                .add(header('0', "file_a").size(16))
                .data("A".repeat(2048))
                .file("file_b", "B")
                .ended());
        assertThat(entries).extracting(Reading.Read::path).containsExactly("long.txt", "file_b");
        assertThat(entries.get(0).content()).hasSize(2048);
    }

    @Test
    void dataIsNeverReadAsHeaders() throws IOException {
        byte[] inner = new Archive().file("inner", "x").ended();
        List<Reading.Read> entries = Reading.all(new Archive()
                .pax("size", Integer.toString(inner.length))
                .add(header('0', "archive.tar").size(0))
                .data(inner)
                .file("after", "x")
                .ended());
        assertThat(entries).extracting(Reading.Read::path).containsExactly("archive.tar", "after");
        assertThat(entries.get(0).content()).isEqualTo(inner);
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '5', '6'})
    void onlyFilesHaveData(char type) throws IOException {
        assertThat(Reading.all(new Archive()
                        .add(header(type, "x").link("y").size(1 << 20))
                        .pax("size", "9000")
                        .add(header(type, "y").link("y"))
                        .file("after", "")
                        .ended()))
                .extracting(Reading.Read::path)
                .containsExactly("x", "y", "after");
    }

    @Test
    void listsOfNamesInIncrementalArchivesAreSkipped() throws IOException {
        List<Reading.Read> entries = Reading.all(new Archive()
                .add(header('D', "dir/").magic(Archive.GNU), "Yfoo\0Nsparse\0\0")
                .file("dir/foo", "x")
                .ended());
        assertThat(entries).extracting(Reading.Read::path).containsExactly("dir/", "dir/foo");
        assertThat(entries.get(0).content()).isEmpty();
    }

    @Test
    void labelsOfVolumesAreSkipped() throws IOException {
        assertThat(Reading.all(new Archive()
                        .add(header('V', "label").magic(Archive.GNU))
                        .file("x", "")
                        .ended()))
                .extracting(Reading.Read::path)
                .containsExactly("x");
    }

    @Test
    void numbersInBase256AreRead() throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .add(header('5', "x")
                        .magic(Archive.GNU)
                        .binary(108, 8, 0xffff_fffeL)
                        .binary(116, 8, 3_000_000_000L)
                        .binary(136, 12, -5)));
        assertThat(entry.uid()).isEqualTo(0xffff_fffeL);
        assertThat(entry.gid()).isEqualTo(3_000_000_000L);
        assertThat(entry.modified()).isEqualTo(Instant.ofEpochSecond(-5));
    }

    @Test
    void timesBeyondTheRangeBecomeItsEnds() throws IOException {
        assertThat(Reading.only(new Archive().add(header('5', "x").binary(136, 12, Long.MAX_VALUE)))
                        .modified()
                        .getEpochSecond())
                .isEqualTo(Instant.MAX.getEpochSecond());
        assertThat(Reading.only(new Archive()
                                .pax("mtime", Long.MIN_VALUE + ".5")
                                .add(header('5', "x")))
                        .modified())
                .isEqualTo(Instant.MIN);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "1., 1, 0",
        "1.5, 1, 500000000",
        "-0.5, -1, 500000000",
        "-1.25, -2, 750000000",
        "-7, -7, 0",
        "1.000000000999, 1, 0",
        "1.0000000019, 1, 1",
        "-1.9999999999, -2, 1"
    })
    void timesAreDecimal(String text, long seconds, int nanos) {
        assertThat(EntryTime.ofDecimal(text.getBytes(StandardCharsets.US_ASCII)))
                .contains(Instant.ofEpochSecond(seconds, nanos));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", ".5", "-", "-.5", "1e3", "1.5x", "1.-5", "+1", " 1", "99999999999999999999", "0x1"})
    void otherTextIsNoTime(String text) {
        assertThat(EntryTime.ofDecimal(text.getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'0000644\0', 420",
        "'    644 ', 420",
        "'\0\0\0\000644\0', 420",
        "'\0\0\0\0\0\0\0\0', 0",
        "'        ', 0",
        "'644\0junk', 420",
        "'77777777', 16777215",
        "'0', 0"
    })
    void octalFieldsAreReadAsGoDoes(String field, long expected) {
        byte[] bytes = Arrays.copyOf(field.getBytes(StandardCharsets.ISO_8859_1), 8);
        assertThat(NumberField.field(bytes, 0, 8)).hasValue(expected);
    }

    @Test
    void fieldsWithOtherBytesAreNoNumbers() {
        for (String field : List.of("9", "12x", "-5", "\2005\0\0\0\0\0\1\1\1\1\1", "\277" + "\377".repeat(11), "1 2")) {
            byte[] bytes = Arrays.copyOf(field.getBytes(StandardCharsets.ISO_8859_1), 12);
            assertThat(NumberField.field(bytes, 0, 12)).as(field).isEmpty();
        }
    }

    @Test
    void sumsOverSignedBytesAreRight() throws IOException {
        byte[] block = header('5', "\377\376").block();
        int sum = 0;
        for (int i = 0; i < block.length; i++) {
            sum += i >= 148 && i < 156 ? ' ' : block[i];
        }
        System.arraycopy(String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII), 0, block, 148, 8);
        assertThat(Reading.all(new Archive().raw(block).ended())).hasSize(1);
    }

    @Test
    void endsAreTolerated() throws IOException {
        byte[] file = new Archive().file("x", "data").bytes();
        assertThat(Reading.all(file)).as("no block of zeros").hasSize(1);
        assertThat(Reading.all(new Archive().raw(file).raw(new byte[512]).bytes()))
                .as("one block of zeros")
                .hasSize(1);
        assertThat(Reading.all(new Archive().raw(file).raw(new byte[700]).bytes()))
                .as("a block of zeros and a part")
                .hasSize(1);
        assertThat(Reading.all(Arrays.copyOf(file, 516)))
                .as("no padding")
                .extracting(Reading.Read::text)
                .containsExactly("data");
        assertThat(Reading.all(new byte[0])).as("nothing").isEmpty();
        assertThat(Reading.all(new byte[10240])).as("zeros only").isEmpty();
    }

    @Test
    void whatFollowsTheEndIsReadForTheDigest() throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(new Archive()
                .file("x", "data")
                .raw(new byte[1024])
                .raw(new byte[200_000])
                .file("y", "")
                .bytes());
        assertThat(Reading.all(in, TarLimits.DEFAULT)).hasSize(1);
        assertThat(in.available()).isZero();
    }

    @Test
    void sparseFilesOfOldGnuAreRead() throws IOException {
        Archive.Header header =
                header('S', "sparse").magic(Archive.GNU).octal(483, 12, 1000).size(24);
        for (int i = 0; i < 4; i++) {
            header.octal(386 + 24 * i, 12, 10L * i).octal(398 + 24 * i, 12, 1);
        }
        header.bytes(482, (byte) 1);
        Archive.Header more = header('x', "x");
        byte[] continued = new byte[512];
        for (int i = 0; i < 20; i++) {
            System.arraycopy(more.octal(0, 12, 40 + 10L * i).octal(12, 12, 1).block(), 0, continued, 24 * i, 24);
        }
        List<Reading.Read> entries = Reading.all(new Archive()
                .add(header)
                .raw(continued)
                .data("abcdefghijklmnopqrstuvwx")
                .file("end", "end\n")
                .ended());
        TarEntry entry = entries.get(0).entry();
        assertThat(entry.type()).isEqualTo(EntryType.FILE);
        assertThat(entry.size()).isEqualTo(1000);
        assertThat(chunks(entry)).hasSize(24).contains(new Chunk(230, 1));
        assertThat(entries.get(0).text().charAt(230)).isEqualTo('x');
        assertThat(entries.get(1).text()).isEqualTo("end\n");
    }

    @Test
    void sparseFilesInAllFormatsOfPaxAreRead() throws IOException {
        List<Reading.Read> entries = Reading.all(new Archive()
                .pax(
                        "GNU.sparse.size",
                        "6",
                        "GNU.sparse.numblocks",
                        "2",
                        "GNU.sparse.offset",
                        "1",
                        "GNU.sparse.numbytes",
                        "2",
                        "GNU.sparse.offset",
                        "5",
                        "GNU.sparse.numbytes",
                        "1")
                .file("0.0", "abc")
                .pax("GNU.sparse.size", "6", "GNU.sparse.map", "1,2,5,1", "GNU.sparse.name", "0.1")
                .file("GNUSparseFile.1/x", "abc")
                .pax(
                        "GNU.sparse.major",
                        "1",
                        "GNU.sparse.minor",
                        "0",
                        "GNU.sparse.name",
                        "1.0",
                        "GNU.sparse.realsize",
                        "6",
                        "path",
                        "./GNUSparseFile.1/x")
                .file("GNUSparseFile.1/x", "2\n1\n2\n5\n1\n" + "\0".repeat(502) + "abc")
                .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "6")
                .file("hole", "0\n" + "\0".repeat(510))
                .file("end", "end\n")
                .ended());
        assertThat(entries).extracting(Reading.Read::path).containsExactly("0.0", "0.1", "1.0", "hole", "end");
        assertThat(entries)
                .extracting(Reading.Read::text)
                .containsExactly("\0ab\0\0c", "\0ab\0\0c", "\0ab\0\0c", "\0\0\0\0\0\0", "end\n");
    }

    @Test
    void emptyPartsOfASparseMapAreHarmless() throws IOException {
        TarEntry entry = Reading.only(new Archive()
                .pax("GNU.sparse.size", "8", "GNU.sparse.map", "1,3,6,0,6,0,6,2,8,0,8,0")
                .file("x", "abcde"));
        assertThat(chunks(entry)).hasSize(6);
    }

    private static List<Chunk> chunks(TarEntry entry) {
        return Objects.requireNonNull(entry.sparse()).chunks();
    }
}
