// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** zstd-jni may be left out by programs that embed the library: only responses coded with zstd need it. */
class OptionalZstdTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    @Test
    void aResponseCodedWithZstdIsDecodedWhereTheLibraryIsThere() throws IOException {
        try (InputStream decoded =
                ContentCoding.decode(new ByteArrayInputStream(Zstd.compress(CONTENT)), List.of("zstd"))) {
            assertThat(decoded.readAllBytes()).isEqualTo(CONTENT);
        }
    }

    @Test
    void withoutTheLibraryOnlyZstdIsUnsupported() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(withoutZstd(), ClassLoader.getPlatformClassLoader())) {
            Method decode =
                    loader.loadClass(ContentCoding.class.getName()).getMethod("decode", InputStream.class, List.class);
            try (InputStream decoded =
                    (InputStream) decode.invoke(null, new ByteArrayInputStream(gzip()), List.of("gzip"))) {
                assertThat(decoded.readAllBytes()).isEqualTo(CONTENT);
            }
            assertThatThrownBy(() ->
                            decode.invoke(null, new ByteArrayInputStream(Zstd.compress(CONTENT)), List.of("zstd")))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("zstd-jni");
        }
    }

    private static byte[] gzip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(CONTENT);
        }
        return bytes.toByteArray();
    }

    private static URL[] withoutZstd() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("zstd-jni")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
