// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with settings is said by the setter when the value itself is wrong, and else by build(), with the name of the setting. */
class BuilderErrorsTest {
    @TempDir
    Path temporary;

    private Path file;

    @BeforeEach
    void makeFiles() throws IOException {
        file = Files.writeString(temporary.resolve("file"), "x");
        Files.createDirectories(temporary.resolve("certs.d"));
    }

    private ImagePullerBuilder builder() {
        return ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(temporary.resolve("certs.d"))
                .store(temporary.resolve("store"));
    }

    private record Case(String name, Class<? extends PullException> type, Consumer<ImagePullerBuilder> setting) {}

    private Stream<Case> cases() {
        Path absent = temporary.resolve("absent");
        return Stream.of(
                new Case("store", StoreException.class, builder -> builder.store(file)),
                new Case("hosts directory", ConfigurationException.class, builder -> builder.hostsDirectory(absent)),
                new Case("hosts directory", ConfigurationException.class, builder -> builder.hostsDirectory(file)),
                new Case("configuration", ConfigurationException.class, builder -> builder.configuration(file)),
                new Case(
                        "certificateAuthority",
                        ConfigurationException.class,
                        builder -> builder.certificateAuthority(absent)),
                new Case(
                        "certificateAuthority",
                        ConfigurationException.class,
                        builder -> builder.certificateAuthority(temporary)),
                new Case(
                        "clientCertificate",
                        ConfigurationException.class,
                        builder -> builder.clientCertificate(file, absent)),
                new Case(
                        "clientCertificate",
                        ConfigurationException.class,
                        builder -> builder.clientCertificate(absent, file)),
                new Case(
                        "sslContext",
                        ConfigurationException.class,
                        builder -> builder.sslContext(context()).certificateAuthority(file)),
                new Case(
                        "sslContext",
                        ConfigurationException.class,
                        builder -> builder.skipVerify(true).sslContext(context())),
                new Case(
                        "sslContext",
                        ConfigurationException.class,
                        builder -> builder.sslContext(context()).clientCertificate(file, file)));
    }

    private static SSLContext context() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void buildNamesTheSetting() {
        for (Case each : cases().toList()) {
            ImagePullerBuilder builder = builder();
            each.setting().accept(builder);
            Throwable failure = catchThrowable(builder::build);
            assertThat(failure).as(each.name()).isInstanceOf(each.type()).hasMessageContaining(each.name());
        }
        assertThat(temporary.resolve("store")).doesNotExist();
        builder().build().close();
    }

    @Test
    void settersRefuseValuesThatAreWrongInThemselves() {
        ImagePullerBuilder builder = builder();
        for (Runnable setting : Stream.<Runnable>of(
                        () -> builder.maxConcurrentDownloads(0),
                        () -> builder.maxConcurrentDownloads(257),
                        () -> builder.maxConnections(0),
                        () -> builder.maxConnectionsPerHost(257),
                        () -> builder.maxLayerSize(0),
                        () -> builder.deadline(Duration.ofSeconds(-1)),
                        () -> builder.progressTimeout(Duration.ofSeconds(-1)),
                        () -> builder.mirror("Not A Registry", URI.create("https://mirror.example")))
                .toList()) {
            assertThatThrownBy(setting::run).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://mirror.example, neither http:// nor https://",
        "https://bob:S3CRET@mirror.example, a user name or password",
        "https://mirror.example?token=S3CRET, a query",
        "https://mirror.example#S3CRET, a fragment",
        "https:///path, no valid host",
        "mailto:a, no valid host"
    })
    void anAddressOfAMirrorIsChecked(URI address, String reason) {
        ImagePullerBuilder builder = builder();
        assertThatThrownBy(() -> builder.mirror("docker.io", address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("the mirror of docker.io", reason)
                .hasMessageNotContaining("S3CRET");
    }
}
