// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.FailureKind;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import dev.jpull.event.PullListener;
import dev.jpull.image.Snapshotter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures cross process borders whole: build tools run plugins in workers. */
class SerializationTest {
    private static final Attempt ATTEMPT = new Attempt(
            "https://mirror.example",
            "https://mirror.example/v2/",
            "blob",
            AttemptKind.SERVER_ERROR,
            503,
            "down",
            Duration.ofMillis(7));

    static Stream<Class<?>> types() {
        return Stream.of(PullException.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("types")
    void aFailureKeepsItsAttempts(Class<? extends PullException> type)
            throws ReflectiveOperationException, IOException {
        PullException failure = type.getConstructor(FailureDetails.class)
                .newInstance(FailureDetails.of("it failed")
                        .causedBy(new IOException("reset"))
                        .after(List.of(ATTEMPT, ATTEMPT))
                        .with(Remedy.LOG_IN));

        PullException copy = (PullException) roundTrip(failure);

        assertThat(copy).isExactlyInstanceOf(type).hasMessage("it failed");
        assertThat(copy.kind()).isEqualTo(failure.kind());
        assertThat(copy.attempts()).containsExactly(ATTEMPT, ATTEMPT);
        assertThat(copy.remedies()).containsExactly(Remedy.LOG_IN);
        assertThat(copy.getCause()).isInstanceOf(IOException.class).hasMessage("reset");
    }

    @Test
    void eachKindHasATypeOfItsOwn() {
        List<Class<?>> types = new ArrayList<>();
        for (FailureKind kind : FailureKind.values()) {
            PullException failure = PullException.of(kind, FailureDetails.of("it failed"));
            assertThat(failure.kind()).isEqualTo(kind);
            types.add(failure.getClass());
        }
        assertThat(types).containsExactlyInAnyOrderElementsOf(types().toList());
    }

    @Test
    void aRequestKeepsWhatIsWantedAndLosesListenerAndCredentials() throws IOException, ClassNotFoundException {
        PullRequest request = PullRequest.builder("registry.example/app:1")
                .platform("linux/arm64/v8")
                .platform("linux/amd64")
                .metadata(true)
                .verifyLayers(true)
                .referrers("application/spdx+json")
                .storedAs("other.example/app:1")
                .annotation("b", "2")
                .annotation("a", "1")
                .snapshotter(Snapshotter.OVERLAYFS)
                .deadline(Duration.ofMinutes(3))
                .listener(event -> {})
                .credentials(CredentialSource.forHost("registry.example", new Credential("ci", "secret")))
                .build();

        PullRequest copy = (PullRequest) roundTrip(request);

        assertThat(copy.image()).isEqualTo(request.image());
        assertThat(copy.platforms()).isEqualTo(request.platforms());
        assertThat(copy.allPlatforms()).isFalse();
        assertThat(copy.metadata()).isTrue();
        assertThat(copy.verifyLayers()).isTrue();
        assertThat(copy.referrers()).containsExactly("application/spdx+json");
        assertThat(copy.storedAs()).isEqualTo("other.example/app:1");
        assertThat(copy.annotations()).containsExactly(Map.entry("b", "2"), Map.entry("a", "1"));
        assertThat(copy.snapshotter()).isEqualTo(Snapshotter.OVERLAYFS);
        assertThat(copy.deadline()).isEqualTo(Duration.ofMinutes(3));
        assertThat(copy.options().terms().listener()).isEqualTo(PullListener.NONE);
        assertThat(copy.options().terms().credentials()).isNull();
    }

    @Test
    void theSerializedFormOfARequestIsCheckedWhenItIsRead() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(PullRequest.builder("app:1").platform("linux/amd64").build());
        }
        byte[] changed = new String(bytes.toByteArray(), StandardCharsets.ISO_8859_1)
                .replace("linux/amd64", "linux amd64")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> new ObjectInputStream(new ByteArrayInputStream(changed)).readObject())
                .isInstanceOf(InvalidObjectException.class)
                .hasCauseInstanceOf(PullException.class);
    }

    /** What an object is after it was written and read. */
    static Object roundTrip(Object object) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
