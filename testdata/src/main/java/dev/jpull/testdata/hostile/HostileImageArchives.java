// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import dev.jpull.testdata.ImageArchive;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.RawHeader;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Archives of images that mean harm to a program that imports them.
 *
 * @param id a short name
 * @param attack what it tries
 * @param mention what the message of the refusal must contain; empty for an archive that is imported, and does no harm
 * @param bytes the archive
 */
public record HostileImageArchives(String id, String attack, String mention, byte[] bytes) {
    /** An image that archives with a harmless part have, under the name {@link #NAME}. */
    public static final TestImage IMAGE =
            new ImageFactory(41).image("linux/amd64", new ImageFactory.Layer(2000, Compression.GZIP));

    /** The name that the archives give their image. */
    public static final String NAME = "x.example/evil:1";

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final int MEGABYTE = 1 << 20;
    private static final int BIG_DOCUMENT = 5 * MEGABYTE;

    /** All of them. */
    public static List<HostileImageArchives> all() {
        List<HostileImageArchives> all = new ArrayList<>();
        names(all);
        content(all);
        streams(all);
        documents(all);
        docker(all);
        return all;
    }

    private static ImageArchive whole() {
        return new ImageArchive()
                .layout()
                .content(IMAGE)
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME)
                .index();
    }

    private static void add(
            List<HostileImageArchives> all, String id, String attack, String mention, ImageArchive archive) {
        all.add(new HostileImageArchives(id, attack, mention, archive.bytes()));
    }

    private static void names(List<HostileImageArchives> all) {
        add(all, "path-parent", "a file two directories up", "", whole().file("../../escaped", "x"));
        add(all, "path-absolute", "a file by its absolute path", "", whole().file("/tmp/jpull-escaped", "x"));
        add(
                all,
                "path-blob-parent",
                "a blob whose name leads out of the directory of blobs",
                "",
                whole().file("blobs/sha256/../../escaped", "x"));
        add(
                all,
                "path-escape",
                "escape sequences for the terminal in a name that comes twice",
                "\\u001b[31m",
                whole().file("a\u001b[31mb", "x").file("a\u001b[31mb", "y"));
        add(
                all,
                "index-link",
                "a symbolic link to a file of the machine in place of index.json",
                "index.json",
                new ImageArchive().layout().content(IMAGE).symlink("index.json", "/etc/passwd"));
        add(
                all,
                "index-twice",
                "two indexes with different content",
                "two entries of the name index.json",
                whole().entry(MANIFEST, IMAGE.rootDigest(), 1).index());
        ImageArchive many = new ImageArchive().layout();
        for (int i = 0; i < 40_000; i++) {
            many.tar().hardLink("n" + i + "x".repeat(200), "m" + "y".repeat(200));
        }
        add(all, "many-names", "names that fill the memory", "too many or too long names", many);
    }

    private static void content(List<HostileImageArchives> all) {
        byte[] layer = IMAGE.blob(IMAGE.largestBlob()).clone();
        layer[5] ^= 1;
        String path = "blobs/" + IMAGE.largestBlob().replace(':', '/');
        add(
                all,
                "blob-wrong",
                "a blob with other content than its name says",
                IMAGE.largestBlob(),
                new ImageArchive()
                        .layout()
                        .content(IMAGE, digest -> !digest.equals(IMAGE.largestBlob()))
                        .file(path, layer)
                        .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME)
                        .index());
        add(all, "blob-sparse", "a sparse file that stands for a TiB", "sparse", sparse());
        add(
                all,
                "size-huge",
                "a blob that says it has 2^60 bytes",
                "bytes",
                headed(new RawHeader('0').name(path).base256(124, 12, BigInteger.ONE.shiftLeft(60))));
        add(
                all,
                "size-negative",
                "a blob with a negative size",
                "negative",
                headed(new RawHeader('0').name(path).base256(124, 12, BigInteger.valueOf(-512))));
        add(
                all,
                "entry-size-wrong",
                "an entry of index.json with another size than its manifest has",
                "lacks",
                new ImageArchive()
                        .layout()
                        .content(IMAGE)
                        .entry(MANIFEST, IMAGE.rootDigest(), 77, ImageArchive.IMAGE_NAME, NAME)
                        .index());
        add(
                all,
                "entry-type-wrong",
                "a manifest that is announced as an index",
                "media type",
                new ImageArchive()
                        .layout()
                        .content(IMAGE)
                        .entry(
                                INDEX,
                                IMAGE.rootDigest(),
                                IMAGE.document(IMAGE.rootDigest()).content().length,
                                ImageArchive.IMAGE_NAME,
                                NAME)
                        .index());
        add(
                all,
                "name-of-another-digest",
                "a name by digest for another image",
                "another one",
                new ImageArchive()
                        .layout()
                        .content(IMAGE)
                        .listed(IMAGE, ImageArchive.IMAGE_NAME, "x.example/evil@" + IMAGE.largestBlob())
                        .index());
        add(
                all,
                "root-annotation",
                "an original root that is no index",
                "dev.jpull.root",
                new ImageArchive()
                        .layout()
                        .content(IMAGE)
                        .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME, "dev.jpull.root", "../../x y z")
                        .index());
    }

    private static ImageArchive sparse() {
        ImageArchive archive = new ImageArchive().layout();
        archive.tar()
                .pax(
                        "GNU.sparse.major",
                        "0",
                        "GNU.sparse.minor",
                        "1",
                        "GNU.sparse.size",
                        "1099511627776",
                        "GNU.sparse.map",
                        "0,0");
        archive.tar().entry(new RawHeader('0').name("blobs/sha256/" + "0".repeat(64)));
        return archive;
    }

    private static ImageArchive headed(RawHeader header) {
        ImageArchive archive = new ImageArchive().layout();
        archive.tar().entry(header);
        return archive;
    }

    private static void streams(List<HostileImageArchives> all) {
        byte[] bytes = whole().bytes();
        all.add(new HostileImageArchives(
                "truncated", "an archive that ends in a blob", "ends at byte", Arrays.copyOf(bytes, 1636)));
        all.add(new HostileImageArchives(
                "garbage-behind", "other bytes behind the end", "something other than zeros", joined(bytes, "x")));
        all.add(new HostileImageArchives(
                "two-archives",
                "a second archive behind the first",
                "something other than zeros",
                joined(bytes, bytes)));
        all.add(new HostileImageArchives(
                "padding-endless",
                "more zeros behind the end than writers add",
                "padding",
                joined(bytes, new byte[17 * MEGABYTE])));
        all.add(new HostileImageArchives("empty", "nothing at all", "empty", new byte[0]));
        all.add(new HostileImageArchives(
                        "no-archive", "text", "", "no archive".repeat(100).getBytes(StandardCharsets.UTF_8))
                .mentioning("header"));
        all.add(new HostileImageArchives(
                "gzip-bomb", "zeros in gzip behind the end of the archive", "padding", gzip(bytes, 100)));
        all.add(new HostileImageArchives(
                "gzip-truncated", "gzip that ends early", "damaged", Arrays.copyOf(gzip(bytes, 0), 900)));
        all.add(new HostileImageArchives(
                "xz", "a compression that is not supported", "xz", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0}));
    }

    private HostileImageArchives mentioning(String text) {
        return new HostileImageArchives(id, attack, text, bytes);
    }

    private static void documents(List<HostileImageArchives> all) {
        add(
                all,
                "index-large",
                "an index.json that fills the memory",
                "at most",
                new ImageArchive().layout().file("index.json", new byte[BIG_DOCUMENT]));
        add(
                all,
                "index-deep",
                "arrays in arrays in index.json",
                "index.json",
                new ImageArchive()
                        .layout()
                        .file("index.json", "{\"manifests\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"));
        add(
                all,
                "index-many",
                "more entries in index.json than there are images",
                "index.json",
                new ImageArchive().layout().file("index.json", "{\"manifests\":[" + "{},".repeat(300_000) + "{}]}"));
        add(
                all,
                "index-no-digest",
                "a digest that leads out of the store",
                "digest",
                new ImageArchive()
                        .layout()
                        .entry(MANIFEST, "sha256:../../../../etc/passwd", 3, ImageArchive.IMAGE_NAME, NAME)
                        .index());
        byte[] big = ("{\"config\":\"" + "x".repeat(BIG_DOCUMENT) + "\"}").getBytes(StandardCharsets.UTF_8);
        add(
                all,
                "manifest-large",
                "a manifest that fills the memory",
                "at most",
                new ImageArchive()
                        .layout()
                        .file("blobs/" + TestImage.digest(big).replace(':', '/'), big)
                        .entry(MANIFEST, TestImage.digest(big), big.length, ImageArchive.IMAGE_NAME, NAME)
                        .index());
        TestImage nested = IMAGE;
        for (int i = 0; i < 8; i++) {
            nested = new IndexBuilder().child(nested, null).build();
        }
        add(
                all,
                "index-nested",
                "indexes in indexes",
                "nested",
                new ImageArchive()
                        .layout()
                        .content(nested)
                        .listed(nested, ImageArchive.IMAGE_NAME, NAME)
                        .index());
    }

    private static void docker(List<HostileImageArchives> all) {
        byte[] layer = new RawTar().file("f", "x").end().bytes();
        String config = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                + TestImage.digest(layer) + "\"]}}";
        add(
                all,
                "links-circle",
                "layers that are links in a circle",
                "circle",
                docker(config, "a", "a").symlink("a", "b").symlink("b", "a").items());
        add(
                all,
                "link-outside",
                "a layer that is a link to a file of the machine",
                "does not have",
                docker(config, "a", "a").symlink("a", "../../../../etc/passwd").items());
        add(
                all,
                "link-absolute",
                "a configuration that is a link to a file of the machine",
                "does not have",
                new ImageArchive()
                        .symlink("c.json", "/etc/passwd")
                        .item("c.json", List.of("evil:1"), List.of())
                        .items());
        add(
                all,
                "layer-other",
                "a layer that is not the one of the configuration",
                "diff ID",
                docker(config, "a", "a")
                        .file("a", new RawTar().file("f", "y").end().bytes())
                        .items());
        add(
                all,
                "layers-fewer",
                "fewer layers than diff IDs",
                "layers",
                docker(config, "a").file("a", layer).items());
        add(
                all,
                "config-large",
                "a configuration that fills the memory",
                "at most",
                new ImageArchive()
                        .file("c.json", new byte[9 * MEGABYTE])
                        .item("c.json", List.of("evil:1"), List.of())
                        .items());
        add(
                all,
                "layer-bomb",
                "a layer of zeros in gzip, without end as it were",
                "diff ID",
                docker(config, "a", "a").file("a", gzip(new byte[0], 100)).items());
    }

    private static ImageArchive docker(String config, String... layers) {
        List<String> names = layers.length == 2 ? List.of(layers[0]) : List.of();
        return new ImageArchive().file("c.json", config).item("c.json", List.of("evil:1"), names);
    }

    private static byte[] joined(byte[] archive, String text) {
        return joined(archive, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static byte[] gzip(byte[] content, int megabytesOfZeros) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
            byte[] zeros = new byte[MEGABYTE];
            for (int i = 0; i < megabytesOfZeros; i++) {
                gzip.write(zeros);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The name of the case. */
    @Override
    public String toString() {
        return id;
    }
}
