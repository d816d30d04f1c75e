// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The directories of a store that stay open during a pull. */
class StoreSessionTest {
    private static final byte[] FIRST = "first".getBytes(UTF_8);
    private static final byte[] SECOND = "second".getBytes(UTF_8);

    @TempDir
    Path directory;

    private static void put(ImageStore store, byte[] content) {
        store.putDocument(Digest.sha256(content), content);
    }

    @Test
    void aStoreThatIsDeletedAndMadeAgainIsUsedWhereItIsNow() throws IOException {
        ImageStore store = ImageStore.open(directory.resolve("store"));
        try (StoreSession session = store.session()) {
            put(session.store(), FIRST);
            FileTree.delete(store.root());
            ImageStore again = ImageStore.open(store.root());
            put(session.store(), SECOND);
            assertThat(again.document(Digest.sha256(SECOND), 100)).contains(SECOND);
            assertThat(again.document(Digest.sha256(FIRST), 100)).isEmpty();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aDirectoryThatIsReplacedByALinkIsNotFollowed() throws IOException {
        ImageStore store = ImageStore.open(directory.resolve("store"));
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        try (StoreSession session = store.session()) {
            put(session.store(), FIRST);
            Path blobs = store.root().resolve("blobs/sha256");
            FileTree.delete(blobs);
            Files.createSymbolicLink(blobs, elsewhere);
            assertThatThrownBy(() -> put(session.store(), SECOND)).isInstanceOf(StoreException.class);
        }
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noDirectoryIsOpenAfterTheSession() throws IOException {
        ImageStore store = ImageStore.open(directory.resolve("store"));
        try (StoreSession session = store.session()) {
            put(session.store(), FIRST);
            assertThat(openBelow(store.root())).isNotEmpty();
        }
        assertThat(openBelow(store.root())).isEmpty();
    }

    @Test
    void anIndexThatDoesNotChangeIsNotWrittenAgain() throws IOException {
        ImageStore store = ImageStore.open(directory.resolve("store"));
        Descriptor first = new Descriptor(MediaType.OCI_MANIFEST, Digest.sha256(FIRST), FIRST.length);
        Descriptor second = new Descriptor(MediaType.OCI_MANIFEST, Digest.sha256(SECOND), SECOND.length);
        Path index = store.root().resolve("index.json");
        store.index().put("a", first, Map.of("key", "value"), () -> true);
        store.index().put("b", second, Map.of(), () -> true);
        Object file = identity(index);

        store.index().put("a", first, Map.of("key", "value"), () -> true);
        assertThat(identity(index)).isEqualTo(file);

        store.index().put("a", first, Map.of("key", "other"), () -> true);
        assertThat(identity(index)).isNotEqualTo(file);
        assertThat(store.index().list()).extracting(LayoutIndex.Entry::name).containsExactly("b", "a");
    }

    /** Which file it is, and when it was written. */
    private static Object identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return Arrays.asList(attributes.fileKey(), attributes.lastModifiedTime());
    }

    /** What this process has open below a directory. */
    private static List<String> openBelow(Path root) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(StoreSessionTest::target)
                    .filter(target -> target.startsWith(root.toString()))
                    .toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile, as the descriptor of the listing is
        }
    }
}
