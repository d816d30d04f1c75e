// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ReferenceException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The arguments of mount. */
class MountCommandTest {
    private static final Path TARGET = Path.of("/mnt/image");

    private static MountCommand command(String base, int count, boolean userXattrs, @Nullable Path changes) {
        List<String> trees = IntStream.range(0, count)
                .mapToObj(number -> "%024x/fs".formatted(count - 1 - number))
                .toList();
        return new MountCommand(Path.of(base), trees, userXattrs, changes);
    }

    @Test
    void theTopmostLayerComesFirst() {
        assertThat(command("/store", 2, false, null).arguments(TARGET))
                .containsExactly(
                        "mount",
                        "-t",
                        "overlay",
                        "-o",
                        "ro,lowerdir=/store/000000000000000000000001/fs:/store/000000000000000000000000/fs",
                        "overlay",
                        "/mnt/image");
    }

    @Test
    void aSingleLayerIsABindMount() {
        assertThat(command("/store", 1, true, null).arguments(TARGET))
                .containsExactly("mount", "-o", "bind,ro", "/store/000000000000000000000000/fs", "/mnt/image");
    }

    @Test
    void changesGoElsewhere() {
        assertThat(command("/store", 1, true, Path.of("/changes")).arguments(TARGET))
                .contains(
                        "userxattr,lowerdir=/store/000000000000000000000000/fs,upperdir=/changes/upper,workdir=/changes/work");
    }

    @Test
    void charactersThatEndAnOptionOrALayerAreEscaped() {
        assertThat(command("/a:b,c\\d", 2, false, null).arguments(TARGET))
                .anyMatch(
                        argument -> argument.startsWith("ro,lowerdir=/a\\:b\\,c\\\\d/000000000000000000000001/fs:/a"));
    }

    @Test
    void longPathsAreNamedFromTheirDirectory() {
        String base = "/" + "d".repeat(200);
        List<String> arguments = command(base, 127, false, null).arguments(TARGET);
        assertThat(arguments).startsWith("env", "--chdir=" + base, "mount", "-t", "overlay");
        assertThat(arguments.get(6))
                .startsWith("ro,lowerdir=00000000000000000000007e/fs:")
                .hasSizeLessThan(4000);
    }

    @Test
    void moreLayersThanOneMountHoldsAreRefused() {
        MountCommand command = command("/store", 200, false, null);
        assertThatThrownBy(() -> command.arguments(TARGET))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("200 layers")
                .hasMessageContaining("--snapshotter native");
    }
}
