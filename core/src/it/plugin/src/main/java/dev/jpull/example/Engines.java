// SPDX-License-Identifier: Apache-2.0
package dev.jpull.example;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.credentials.CredentialSource;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.maven.AbstractMavenLifecycleParticipant;
import org.apache.maven.execution.MavenSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One engine for each combination of settings, shared by all modules of a build, and closed when the build ends. */
public class Engines extends AbstractMavenLifecycleParticipant {
    private static final Logger LOGGER = LoggerFactory.getLogger(Engines.class);

    /** Static, because Maven makes the object that hears of the end of the build, and no goal can get it. */
    private static final Map<Settings, ImagePuller> ENGINES = new ConcurrentHashMap<>();

    /** What an engine is made of; no hosts directory means the registry configuration of the machine, no lock file none. */
    record Settings(File store, File hostsDirectory, File lockFile, boolean locked) {}

    static ImagePuller engine(Settings settings) {
        return ENGINES.computeIfAbsent(settings, Engines::make);
    }

    private static ImagePuller make(Settings settings) {
        ImagePullerBuilder builder = ImagePuller.builder()
                .store(settings.store().toPath())
                .userCredentials(CredentialSource.ofUser(System.getenv()));
        if (settings.hostsDirectory() != null) {
            builder.hostsDirectory(settings.hostsDirectory().toPath());
        }
        if (settings.lockFile() != null) {
            builder.lockFile(settings.lockFile().toPath()).locked(settings.locked());
        }
        return builder.build();
    }

    @Override
    public void afterSessionEnd(MavenSession session) {
        LOGGER.debug("closing {} engines", ENGINES.size());
        ENGINES.values().forEach(ImagePuller::close);
        ENGINES.clear();
    }
}
