// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

/** The engine alone, by a class loader that has none of its optional libraries. */
class OptionalLibrariesTest {
    @Test
    void zstdNamesTheMissingLibraryAndGzipNeedsNone() throws Exception {
        try (URLClassLoader alone = alone()) {
            assertThatThrownBy(() -> open(alone, Zstd.compress(new byte[10])))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .satisfies(e -> assertThat(e.getClass().getName()).isEqualTo("java.io.IOException"))
                    .hasMessageContaining("needs the library com.github.luben:zstd-jni");
            try (InputStream stream = open(alone, GzipMember.of(new byte[10]).bytes())) {
                assertThat(stream.readAllBytes()).hasSize(10);
            }
        }
    }

    @Test
    void withoutJnaTheInflaterIsThatOfTheJdk() throws Exception {
        try (URLClassLoader alone = alone()) {
            assertThat(engine(alone, "auto")).hasToString("java");
            assertThatThrownBy(() -> engine(alone, "isal"))
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("net.java.dev.jna:jna");
        }
    }

    private static URLClassLoader alone() {
        URL classes = LayerDecoder.class.getProtectionDomain().getCodeSource().getLocation();
        return new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
    }

    private static InputStream open(ClassLoader loader, byte[] layer) throws ReflectiveOperationException {
        Class<?> limits = loader.loadClass(DecodeLimits.class.getName());
        return (InputStream) loader.loadClass(LayerDecoder.class.getName())
                .getMethod("open", InputStream.class, limits)
                .invoke(
                        null,
                        new ByteArrayInputStream(layer),
                        limits.getField("DEFAULT").get(null));
    }

    private static Object engine(ClassLoader loader, String setting) throws ReflectiveOperationException {
        return loader.loadClass(InflateEngine.class.getName())
                .getMethod("of", String.class)
                .invoke(null, setting);
    }
}
