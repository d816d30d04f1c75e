// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ReferenceException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One grammar of renaming, for stores and archives. */
class RenamesTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            docker.io/library,    mirror.example/hub,   docker.io/library/busybox:1,      mirror.example/hub/busybox:1
            docker.io/library/,   mirror.example/hub/,  docker.io/library/busybox:1,      mirror.example/hub/busybox:1
            docker.io,            mirror.example,       docker.io/library/busybox:1,      mirror.example/library/busybox:1
            reg.example:5000,     mirror.example/x,     reg.example:5000/a/b:1,           mirror.example/x/a/b:1
            reg:5000/,            mirror:5000/,         reg:5000/a/b:1,                   mirror:5000/a/b:1
            reg.example/a/b,      mirror.example/c,     reg.example/a/b:1,                mirror.example/c:1
            reg.example/a/b,      mirror.example/c,     reg.example/a/b/d:1,              mirror.example/c/d:1
            reg.example/a/b:1,    mirror.example/c:2,   reg.example/a/b:1,                mirror.example/c:2
            busybox,              mirror.example/box,   docker.io/library/busybox:1,      mirror.example/box:1
            busybox:1,            mirror.example/box:2, docker.io/library/busybox:1,      mirror.example/box:2
            team,                 mirror.example/t,     docker.io/team/app:1,             mirror.example/t/app:1
            docker.io/library,    mirror,               docker.io/library/busybox:1,      docker.io/mirror/busybox:1
            """)
    void aRuleIsForAnImageARepositoryOrABeginning(String from, String to, String name, String renamed) {
        Renames renames = Renames.NONE.with(from, to);
        assertThat(renames.apply(name)).isEqualTo(renamed);
        renames.requireUse(List.of(name));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            docker.io/lib,        docker.io/library/busybox:1
            reg.example,          reg.example:5000/a:1
            reg.example/a/b,      reg.example/a/bc:1
            reg.example/a/b:1,    reg.example/a/b:1.2
            """)
    void aBeginningEndsWithAPart(String from, String name) {
        Renames renames = Renames.NONE.with(from, from.contains("b:1") ? "x.example/y:1" : "x.example/y");
        assertThat(renames.apply(name)).isEqualTo(name);
        assertThatThrownBy(() -> renames.requireUse(List.of(name)))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("no image is named " + from + ", or has a name that begins with it");
    }

    @Test
    void theLongestBeginningCounts() {
        Renames renames = Renames.NONE
                .with("docker.io/library", "mirror.example/hub")
                .with("busybox", "mirror.example/box")
                .with("busybox:2", "mirror.example/two:2");
        assertThat(renames.apply("docker.io/library/alpine:1")).isEqualTo("mirror.example/hub/alpine:1");
        assertThat(renames.apply("docker.io/library/busybox:1")).isEqualTo("mirror.example/box:1");
        assertThat(renames.apply("docker.io/library/busybox:2")).isEqualTo("mirror.example/two:2");
    }

    @Test
    void rulesThatCannotBeMeantAreRefused() {
        assertThatThrownBy(() -> Renames.NONE.with("a.example/b", "a.example/c:1"))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("has a tag or digest behind = only");
        assertThatThrownBy(() -> Renames.NONE.with("a.example/b", "")).isInstanceOf(ReferenceException.class);
        assertThatThrownBy(() -> Renames.NONE.with("a.example/B", "x")).isInstanceOf(ReferenceException.class);
        assertThatThrownBy(() -> Renames.NONE.with("a.example/b", "x").with("a.example/b/", "y"))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("renamed twice");
        Renames registry = Renames.NONE.with("a.example/b", "mirror.example");
        assertThatThrownBy(() -> registry.apply("a.example/b:1"))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("leaves no repository for a.example/b:1");
    }
}
