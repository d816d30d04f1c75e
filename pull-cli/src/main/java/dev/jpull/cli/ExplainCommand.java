// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ConfiguredHost;
import dev.jpull.HostsExplanation;
import dev.jpull.event.PullListener;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jpull hosts explain IMAGE}: the endpoints of a pull, in order, and the line of the file behind each setting. */
@Command(
        name = "explain",
        sortOptions = false,
        description = "Shows which endpoints a pull of an image contacts, in which order and why; sends no request.")
public final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private SingleImageOptions options = new SingleImageOptions();

    @Override
    public Integer call() {
        options.ask(
                PullListener.NONE,
                puller -> puller.explain(options.image()),
                ResultJson::explanation,
                ExplainCommand::print);
        return 0;
    }

    private static void print(HostsExplanation explanation, PrintWriter out) {
        out.println("image      " + explanation.name());
        out.println("namespace  " + explanation.namespace());
        String label = "tried      ";
        for (Path tried : explanation.tried()) {
            out.println(label + tried + (tried.equals(explanation.directory()) ? "  <- used" : readMark(tried)));
            label = "           ";
        }
        if (explanation.directory() == null && !explanation.tried().isEmpty()) {
            boolean read = explanation.tried().stream().anyMatch(Files::isRegularFile);
            out.println("           "
                    + (read ? "no entry for this image" : "none of these exists")
                    + ": the built-in defaults apply");
        }
        out.println();
        out.println("Resolve order:");
        explanation.resolve().forEach(endpoint -> print(endpoint, out));
        Set<ConfiguredHost> shown = explanation.resolve().stream()
                .map(HostsExplanation.Endpoint::host)
                .collect(Collectors.toSet());
        out.println("Pull order:");
        for (HostsExplanation.Endpoint endpoint : explanation.pull()) {
            if (shown.contains(endpoint.host())) {
                out.println("  GET " + endpoint.url());
            } else {
                print(endpoint, out);
            }
        }
        if (!hosts(explanation.referrers()).equals(hosts(explanation.pull()))) {
            out.println("Referrers order:" + (explanation.referrers().isEmpty() ? " no host is asked" : ""));
            explanation.referrers().forEach(endpoint -> out.println("  GET " + endpoint.url()));
        }
        if (!explanation.skipped().isEmpty()) {
            out.println("Skipped:");
            explanation
                    .skipped()
                    .forEach(skipped -> out.println("  " + skipped.host().origin() + ": " + skipped.reason() + " ("
                            + skipped.host().source() + ")"));
        }
        for (Finding finding : explanation.findings()) {
            out.println(ValueNames.of(finding.severity()) + ": " + finding);
        }
    }

    /** Directories are looked for, and files are read; a file may have nothing for the image. */
    private static String readMark(Path tried) {
        return Files.isRegularFile(tried) ? "  <- read" : "";
    }

    private static List<ConfiguredHost> hosts(List<HostsExplanation.Endpoint> endpoints) {
        return endpoints.stream().map(HostsExplanation.Endpoint::host).toList();
    }

    private static void print(HostsExplanation.Endpoint endpoint, PrintWriter out) {
        ConfiguredHost host = endpoint.host();
        Map<String, SourcePosition> places = host.settings();
        out.println("  GET " + endpoint.url());
        line(
                out,
                "host",
                host.implied() ? host.origin() + ", the registry itself (implicit)" : host.origin(),
                host.source());
        line(out, "capabilities", String.join(", ", host.capabilities()), places.get("capabilities"));
        if (places.containsKey("override_path")) {
            line(out, "path", host.path().isEmpty() ? "/" : host.path(), places.get("override_path"));
        }
        if (host.httpFallback()) {
            line(out, "protocol", "TLS first; plain HTTP if the host does not speak TLS", null);
        }
        if (host.secure()) {
            String verified = host.skipVerify() ? "not checked" : "checked";
            line(out, "certificate", verified, places.get("skip_verify"));
        }
        endpoint.ca().forEach(ca -> line(out, "ca", ca, places.get("ca")));
        endpoint.client().forEach(client -> line(out, "client", client, places.get("client")));
        if (!host.headerNames().isEmpty()) {
            String names = String.join(", ", host.headerNames());
            line(out, "headers", names + " (values hidden)", places.get("header"));
        }
        printTimeout(out, "dial timeout", host.dialTimeout(), places.get("dial_timeout"));
        printExtensions(out, host, places);
        line(out, "credentials", endpoint.credentials() == null ? "none" : endpoint.credentials(), null);
    }

    private static void printExtensions(PrintWriter out, ConfiguredHost host, Map<String, SourcePosition> places) {
        if (host.proxy() != null) {
            line(out, "proxy", host.proxy(), places.get("jpull.proxy"));
        }
        if (host.responseTimeout() != null) {
            printTimeout(out, "response", host.responseTimeout(), places.get("jpull.response_timeout"));
        }
        if (host.stallTimeout() != null) {
            printTimeout(out, "stall", host.stallTimeout(), places.get("jpull.stall_timeout"));
        }
        host.rewrites()
                .forEach((pattern, replacement) ->
                        line(out, "rewrite", pattern + " to " + replacement, places.get("jpull.rewrite")));
    }

    private static void printTimeout(PrintWriter out, String label, Duration timeout, @Nullable SourcePosition place) {
        line(out, label, timeout.isZero() ? "none" : timeout.toMillis() + " ms", place);
    }

    /** A setting and, unless it is a default, the place that says so. */
    private static void line(PrintWriter out, String label, String value, @Nullable SourcePosition place) {
        boolean written = place != null && place.file() != null;
        out.println("      " + label + " ".repeat(13 - label.length()) + value + (written ? "  <- " + place : ""));
    }
}
