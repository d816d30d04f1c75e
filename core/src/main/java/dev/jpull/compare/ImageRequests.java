// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a configuration does for one image.
 *
 * @param image the image
 * @param hosts the hosts that are asked, in order
 * @param refusal why the image cannot be pulled at all; empty when it can
 */
record ImageRequests(ImageReference image, List<HostRequest> hosts, String refusal) {
    /** Copies the list. */
    ImageRequests {
        hosts = List.copyOf(hosts);
    }

    static ImageRequests of(HostConfiguration configuration, ImageReference image, FileContent files) {
        List<HostRequest> requests = new ArrayList<>();
        try {
            for (RegistryHost host : configuration.hostsFor(image).hosts()) {
                String repository = host.repository(image.path());
                HostRequest request = new HostRequest(
                        host,
                        image,
                        repository,
                        authorities(host, files),
                        clients(host, files),
                        configuration.credentials().credentialFor(host.host(), repository));
                if (request.servesContent() || request.servesReferrers()) {
                    requests.add(request);
                }
            }
        } catch (ConfigurationException e) {
            String message = String.valueOf(e.getMessage());
            boolean named = message.startsWith(image.name() + " ");
            return new ImageRequests(
                    image,
                    List.of(),
                    named ? "the image" + message.substring(image.name().length()) : message);
        }
        return new ImageRequests(image, requests, "");
    }

    boolean isRefused() {
        return !refusal.isEmpty();
    }

    private static Set<String> authorities(RegistryHost host, FileContent files) {
        Set<String> identities = new TreeSet<>();
        host.tls().ca().forEach(file -> identities.add(files.identity(file)));
        return identities;
    }

    private static Set<String> clients(RegistryHost host, FileContent files) {
        Set<String> identities = new TreeSet<>();
        for (ClientKeyPair pair : host.tls().client()) {
            identities.add(files.identity(pair.certificate()) + " " + files.identity(pair.key()));
        }
        return identities;
    }
}
