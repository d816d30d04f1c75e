// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.image.Digest;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Records whose equality is written out compare every component, those that are added later included. */
class WrittenOutEqualityTest {
    /** A value and another one for each component, by its name. */
    private static void comparesEvery(Class<? extends Record> type, Map<String, List<?>> values)
            throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        assertThat(components)
                .extracting(RecordComponent::getName)
                .containsExactlyInAnyOrderElementsOf(values.keySet());
        Record one = record(type, components, values, -1);
        Record same = record(type, components, values, -1);
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(null);
        for (int i = 0; i < components.length; i++) {
            Record other = record(type, components, values, i);
            assertThat(one).as(components[i].getName()).isNotEqualTo(other);
            assertThat(other).as(components[i].getName()).isNotEqualTo(one);
        }
    }

    private static Record record(
            Class<? extends Record> type, RecordComponent[] components, Map<String, List<?>> values, int changed)
            throws ReflectiveOperationException {
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            List<?> choice = Objects.requireNonNull(values.get(components[i].getName()));
            arguments[i] = choice.get(i == changed ? 1 : 0);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return type.getDeclaredConstructor(types).newInstance(arguments);
    }

    @Test
    void digests() {
        // The length of the hash belongs to the algorithm, so that both cannot be varied one by one.
        assertThat(Digest.class.getRecordComponents())
                .extracting(RecordComponent::getName)
                .containsExactly("algorithm", "hex");
        Digest one = new Digest(Digest.Algorithm.SHA256, "0".repeat(64));
        Digest same = new Digest(Digest.Algorithm.SHA256, "0".repeat(64));
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(null);
        assertThat(one)
                .isNotEqualTo(new Digest(Digest.Algorithm.SHA256, "1".repeat(64)))
                .isNotEqualTo(new Digest(Digest.Algorithm.SHA512, "0".repeat(128)));
    }

    @Test
    void settingsOfTls() throws ReflectiveOperationException {
        comparesEvery(
                TlsSettings.class,
                Map.of(
                        "ca",
                        List.of(List.of(Path.of("a")), List.of(Path.of("b"))),
                        "caReplacesSystem",
                        List.of(false, true),
                        "client",
                        List.of(List.of(), List.of(new ClientKeyPair(Path.of("a"), Path.of("b")))),
                        "skipVerify",
                        List.of(false, true)));
    }
}
