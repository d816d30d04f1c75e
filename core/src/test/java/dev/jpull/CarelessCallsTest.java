// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.pull.StandardLocations;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program may give by mistake is refused at once, and says what was given. */
class CarelessCallsTest {
    @TempDir
    Path temporary;

    @Test
    void everyNullFailsAtOnceWithTheNameOfTheParameter() throws ReflectiveOperationException {
        List<String> failures = new ArrayList<>();
        int calls = 0;
        try (ImagePuller puller =
                ImagePuller.builder().environment(Map.of()).store(temporary).build()) {
            for (Object target : new Object[] {
                ImagePuller.builder(),
                puller,
                PullRequest.of("a"),
                PullRequest.builder("a"),
                UnpackOptions.builder(),
                ExportRequest.builder(),
                ImportOptions.builder(),
                CredentialSource.ANONYMOUS
            }) {
                Class<?> type = target instanceof CredentialSource ? CredentialSource.class : target.getClass();
                for (Method method : type.getMethods()) {
                    boolean answers = method.getDeclaringClass() == type
                            && !method.getName().equals("equals");
                    boolean asks = target instanceof CredentialSource
                            && !method.getName().matches("orElse|forHost|of\\w+");
                    if (answers && !asks && method.getParameterCount() > 0 && takesReferences(method)) {
                        calls += callWithNulls(
                                method,
                                failures,
                                arguments -> method.invoke(
                                        Modifier.isStatic(method.getModifiers()) ? null : target, arguments));
                    }
                }
            }
        }
        for (Class<?> type :
                new Class<?>[] {TlsSettings.class, ClientKeyPair.class, Credential.class, StandardLocations.class}) {
            for (var constructor : type.getConstructors()) {
                calls += callWithNulls(constructor, failures, constructor::newInstance);
            }
        }
        assertThat(failures).isEmpty();
        assertThat(calls).isGreaterThan(40);
    }

    /** A call with arguments. */
    private interface Call {
        Object with(Object[] arguments) throws ReflectiveOperationException;
    }

    private static boolean takesReferences(Executable executable) {
        return Stream.of(executable.getParameterTypes()).anyMatch(type -> !type.isPrimitive());
    }

    /** Makes each parameter null in turn, with good values for the others. */
    @SuppressWarnings("NullAway") // null is what this is about
    private static int callWithNulls(Executable executable, List<String> failures, Call call)
            throws ReflectiveOperationException {
        Class<?>[] types = executable.getParameterTypes();
        int calls = 0;
        for (int i = 0; i < types.length; i++) {
            if (types[i].isPrimitive() || types[i] == Boolean.class) {
                continue; // TlsSettings takes null for "nothing said"
            }
            Object[] arguments =
                    Arrays.stream(types).map(CarelessCallsTest::good).toArray();
            arguments[i] = null;
            calls++;
            String what = executable + " [" + i + "]";
            try {
                call.with(arguments);
                failures.add(what + " takes null");
            } catch (InvocationTargetException e) {
                boolean named = e.getCause() instanceof NullPointerException
                        && e.getCause().getMessage() != null
                        && e.getCause().getMessage().matches("[a-zA-Z]+");
                if (!named) {
                    failures.add(what + " says " + e.getCause());
                }
            }
        }
        return calls;
    }

    private static Object good(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        if (type == Collection.class) {
            return List.of();
        }
        if (type == PullRequest.class) {
            return PullRequest.of("a");
        }
        if (type == ExportRequest.class) {
            return ExportRequest.of();
        }
        if (type == ExportRequest.Format.class) {
            return ExportRequest.Format.OCI_ARCHIVE;
        }
        if (type == HostsConversion.Form.class) {
            return HostsConversion.Form.HOSTS;
        }
        if (type == HostsConversion.Fidelity.class) {
            return HostsConversion.Fidelity.EXACT;
        }
        if (type == ExportRequest.Compression.class) {
            return ExportRequest.Compression.NONE;
        }
        if (type == String[].class) {
            return new String[0];
        }
        if (type == URI.class) {
            return URI.create("https://a.example");
        }
        if (type == ImagePullerBuilder.Capability[].class) {
            return new ImagePullerBuilder.Capability[0];
        }
        if (type == UnpackOptions.class) {
            return UnpackOptions.defaults();
        }
        return type == String.class
                ? "a"
                : type == Path.class
                        ? Path.of("a")
                        : type == List.class
                                ? List.of()
                                : type == Map.class
                                        ? Map.of()
                                        : type == Credential.Kind.class
                                                ? Credential.Kind.PASSWORD
                                                : type == Credential.class
                                                        ? new Credential("u", "p")
                                                        : dev.jpull.secret.Secret.of("s");
    }

    @Test
    void aHostsDirectoryThatIsNoneIsRefusedWhenThePullerIsBuilt() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        Path right = Files.createDirectory(temporary.resolve("right"));
        for (Path wrong : List.of(temporary.resolve("absent"), file, file.resolve("below"))) {
            ImagePullerBuilder builder =
                    ImagePuller.builder().hostsDirectory(right).hostsDirectory(wrong);
            assertThatThrownBy(builder::build)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("the hosts directory " + wrong);
        }
    }

    @Test
    void aCriConfigBesideAHostsDirectoryIsRefused() throws IOException {
        Path config = Files.writeString(temporary.resolve("config.toml"), "version = 2\n");
        assertThatThrownBy(() -> ImagePuller.builder()
                        .hostsDirectory(temporary)
                        .configuration(config)
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("exclude each other");
    }
}
