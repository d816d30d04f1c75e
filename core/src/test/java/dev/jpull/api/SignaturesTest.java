// SPDX-License-Identifier: Apache-2.0
package dev.jpull.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The text of a signature has each part that a program which uses a type can notice. */
@NullMarked
@SuppressWarnings("unused")
class SignaturesTest {
    public sealed interface Shape<T extends @Nullable Object> permits Round, Angular {
        long LIMIT = 7;

        <E extends Exception> List<? extends @Nullable T> parts(Map<String, @Nullable T> names, Class<? super E> kind)
                throws E;

        default @Nullable String name(int first, String... others) {
            return null;
        }
    }

    public record Round(String text, byte @Nullable [] bytes) implements Shape<String>, Serializable {
        static final String HIDDEN = "";

        Round(String text) {
            this(text, null);
        }

        @Override
        public <E extends Exception> List<String> parts(Map<String, @Nullable String> names, Class<? super E> kind) {
            return List.of(text);
        }
    }

    public abstract static non-sealed class Angular extends Hidden implements Shape<Integer> {
        private static final long serialVersionUID = 12;

        @Deprecated
        protected Angular(@Nullable Round inner) throws IOException {}

        protected abstract int corners();

        abstract void hidden();
    }

    abstract static class Hidden {
        public final void inherited() {}
    }

    public enum Size {
        SMALL,
        LARGE {
            @Override
            public String toString() {
                return "large";
            }
        };

        public Size next() {
            return this == SMALL ? LARGE : SMALL;
        }
    }

    private static final String HERE = "dev.jpull.api.SignaturesTest$";

    @Test
    void anInterfaceHasItsTypeParametersAndNullness() {
        assertThat(Signatures.of(Shape.class)).isEqualTo("""
            public sealed interface %1$sShape<T extends @Nullable Object> permits %1$sAngular, %1$sRound
                public static final long LIMIT = 7
                public default @Nullable String name(int, String...)
                public <E extends Exception> java.util.List<? extends @Nullable T> parts(java.util.Map<String, @Nullable T>, Class<? super E>) throws E
            """.formatted(HERE));
    }

    @Test
    void aRecordHasItsComponentsInOrder() {
        assertThat(Signatures.of(Round.class)).isEqualTo("""
            public record %1$sRound(String text, byte @Nullable [] bytes) implements %1$sShape<String>, java.io.Serializable
                public <E extends Exception> java.util.List<String> parts(java.util.Map<String, @Nullable String>, Class<? super E>)
            """.formatted(HERE));
    }

    @Test
    void aClassHasWhatSubclassesSeeAndItsSerializedForm() {
        assertThat(Signatures.of(Angular.class)).isEqualTo("""
            public abstract class %1$sAngular extends %1$sHidden implements %1$sShape<Integer>
                protected abstract int corners()
                public final void inherited()
                @Deprecated protected new(@Nullable %1$sRound) throws java.io.IOException
                private static final long serialVersionUID = 12
            """.formatted(HERE));
    }

    @Test
    void anEnumHasItsConstantsInOrder() {
        assertThat(Signatures.of(Size.class)).isEqualTo("""
            public enum %1$sSize
                constant SMALL
                constant LARGE
                public %1$sSize next()
            """.formatted(HERE));
    }
}
