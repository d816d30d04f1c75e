// SPDX-License-Identifier: Apache-2.0
package dev.jpull.example;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.credentials.CredentialSource;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.inject.Named;
import javax.inject.Singleton;
import org.apache.maven.AbstractMavenLifecycleParticipant;
import org.apache.maven.execution.MavenSession;

/** One engine for each store and hosts directory, shared by all modules of a build, and closed when the build ends. */
@Named
@Singleton
public class Engines extends AbstractMavenLifecycleParticipant {
    private final Map<Settings, ImagePuller> engines = new ConcurrentHashMap<>();

    /** What an engine is made of; the hosts directory is null for the registry configuration of the machine. */
    record Settings(File store, File hostsDirectory) {}

    ImagePuller engine(Settings settings) {
        return engines.computeIfAbsent(settings, Engines::make);
    }

    private static ImagePuller make(Settings settings) {
        ImagePullerBuilder builder = ImagePuller.builder()
                .store(settings.store().toPath())
                .userCredentials(CredentialSource.ofUser(System.getenv()));
        if (settings.hostsDirectory() != null) {
            builder.hostsDirectory(settings.hostsDirectory().toPath());
        }
        return builder.build();
    }

    @Override
    public void afterSessionEnd(MavenSession session) {
        engines.values().forEach(ImagePuller::close);
        engines.clear();
    }
}
