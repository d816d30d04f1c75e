// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The set-up of tests that pull an image which an upstream and a mirror before it serve. */
abstract class MirroredImage {
    static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";

    @TempDir
    Path temporary;

    Fixture fixture;
    TestRegistry upstream;
    TestRegistry mirror;

    private final TestImage content;

    MirroredImage(TestImage content) {
        this.content = content;
    }

    @BeforeEach
    void startRegistries() {
        fixture = new Fixture(temporary);
        upstream = TestRegistry.start().serve("team/app", "1", content);
        mirror = TestRegistry.start().serve("team/app", "1", content);
        mirrored(fixture);
    }

    @AfterEach
    void stopRegistries() {
        upstream.close();
        mirror.close();
    }

    /** Configures the mirror for everything, and the upstream after it. */
    void mirrored(Fixture configured) {
        configured.hosts("server = \"" + upstream.origin() + "\"", Fixture.host(mirror, "pull", "resolve"));
    }

    void upstreamAlone() {
        fixture.hosts("server = \"" + upstream.origin() + "\"");
    }
}
