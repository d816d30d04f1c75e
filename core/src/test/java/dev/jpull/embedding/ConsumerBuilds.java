// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import java.io.File;
import java.util.Map;

/** What the scripts before and after the builds of {@code src/it} call. */
public final class ConsumerBuilds {
    private static final String SCENE = "scene";

    private ConsumerBuilds() {}

    /** Called before a build: starts its registry. When this fails, the build does not run, but {@link #after} is called. */
    public static void before(File directory, File localRepository, Map<String, Object> context) throws Exception {
        ConsumerBuild build = new ConsumerBuild(directory, localRepository);
        ConsumerScene scene = switch (build.name()) {
            case "one-module" -> new OneModuleScene(build);
            case "twelve-modules" -> new ManyModulesScene(build);
            case "two-processes" -> new TwoProcessesScene(build);
            case "killed" -> new KilledScene(build);
            case "real-registry" -> new RealRegistryScene(build);
            case "locked" -> new LockedScene(build);
            case "offline" -> new OfflineScene(build);
            default -> throw new IllegalStateException("no scene for the build " + build.name());
        };
        try {
            scene.before();
        } catch (Exception | Error e) {
            scene.close();
            throw e;
        }
        context.put(SCENE, scene);
    }

    /** Called after a build: checks what it did, and ends its registry. */
    public static void after(Map<String, Object> context) throws Exception {
        try (ConsumerScene scene = (ConsumerScene) context.get(SCENE)) {
            if (scene == null) {
                throw new IllegalStateException("the script before the build failed, see build.log");
            }
            scene.after();
        }
    }
}
