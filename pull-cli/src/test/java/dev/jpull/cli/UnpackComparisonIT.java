// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.jpull.testdata.DebianPackages;
import dev.jpull.testdata.OciLayout;
import dev.jpull.testdata.TreeListing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An image with all kinds of files, whiteouts and replacements is unpacked by jpull, by umoci, and by tar and rm: the trees are
 * equal in names, types, modes, owners, sizes, times, contents, targets, hard links, devices and extended attributes. Without root
 * jpull and umoci differ in what neither can make, so that tar is compared alone, without owners.
 */
class UnpackComparisonIT {
    private static final String NAME = "registry.example/sample:1";
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

    private Path temporary = Path.of("");
    private final List<byte[]> layers = new ArrayList<>();

    @BeforeEach
    void makeLayers() throws IOException, InterruptedException {
        DebianPackages.require("umoci", "attr");
        temporary = Files.createTempDirectory("comparison");
        Path base = Files.createDirectories(temporary.resolve("base/usr"));
        run("cp", "-a", "/usr/share/zoneinfo/Europe", base.toString());
        Files.createDirectories(temporary.resolve("base/etc"));
        run("cp", "-a", "/etc/alternatives", temporary.resolve("base/etc").toString());
        script(
                "layers.sh",
                temporary.resolve("base").toString(),
                temporary.resolve("layers").toString());
        for (int i = 1; i <= 5; i++) {
            layers.add(Files.readAllBytes(layer(i)));
        }
    }

    @AfterEach
    void removeAll() throws IOException, InterruptedException {
        run("chmod", "-R", "u+rwX", temporary.toString());
        run("rm", "-rf", temporary.toString());
    }

    @Test
    void treesAreEqual() throws IOException, InterruptedException {
        List<String> apply = new ArrayList<>(List.of(temporary.resolve("tar").toString()));
        for (int i = 1; i <= 5; i++) {
            apply.add(layer(i).toString());
        }
        script("apply.sh", apply.toArray(String[]::new));
        SortedMap<String, String> gzip = tree(unpacked("+gzip"));
        assertThat(gzip).hasSizeGreaterThan(100);
        assertThat(tree(unpacked("+zstd"))).isEqualTo(gzip);
        assertThat(gzip).isEqualTo(tree(temporary.resolve("tar")));
        if (IS_ROOT) {
            new OciLayout(temporary.resolve("plain")).image("x", packed(""));
            run(
                    "umoci",
                    "raw",
                    "unpack",
                    "--image",
                    temporary.resolve("plain") + ":x",
                    temporary.resolve("umoci").toString());
            assertThat(gzip).isEqualTo(tree(temporary.resolve("umoci")));
        }
    }

    private Path layer(int number) {
        return temporary.resolve("layers").resolve("layer-" + number + ".tar");
    }

    private Path unpacked(String compression) throws IOException {
        Path store = temporary.resolve("store" + compression);
        new OciLayout(store).image(NAME, packed(compression));
        Path tree = temporary.resolve("jpull" + compression);
        InProcess.Run run = InProcess.run("unpack", "--offline", "--store", store.toString(), NAME, tree.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return tree;
    }

    private List<OciLayout.Layer> packed(String compression) throws IOException {
        List<OciLayout.Layer> packed = new ArrayList<>();
        for (byte[] tar : layers) {
            byte[] blob = switch (compression) {
                case "+gzip" -> gzip(tar);
                case "+zstd" -> Zstd.compress(tar);
                default -> tar;
            };
            packed.add(new OciLayout.Layer(blob, tar, compression));
        }
        return packed;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    /**
     * What is compared. tar changes the time of the directory that it reaches through a link; umoci loses attributes whose values
     * are empty; tar without root keeps set-user-ID bits of files whose owner it cannot keep.
     */
    private static SortedMap<String, String> tree(Path directory) throws IOException {
        SortedMap<String, String> lines =
                new TreeMap<>(TreeListing.of(directory).full());
        lines.remove("usr/bin");
        lines.computeIfPresent("special/old", (path, line) -> line.replace("user.empty=0x", ""));
        if (!IS_ROOT) {
            lines.replaceAll((path, line) -> line.replaceFirst("^(.) [2467](...) ", "$1 $2 "));
        }
        return lines;
    }

    private void script(String name, String... arguments) throws IOException, InterruptedException {
        Path script = temporary.resolve(name);
        try (var in = UnpackComparisonIT.class.getResourceAsStream(name)) {
            Files.write(script, in == null ? new byte[0] : in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
    }
}
