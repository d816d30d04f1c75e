// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsExplanation;
import dev.jpull.ImagePuller;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.Finding;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.RegistryHost;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull hosts explain IMAGE}: what would be contacted, in order, and which file says so. */
@Command(
        name = "explain",
        sortOptions = false,
        description = "Says what would be contacted for an image, in which order and why; contacts nothing.")
public final class ExplainCommand implements Callable<Integer>, HasOutput {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "IMAGE", description = "The image.")
    private String image = "";

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public OutputOptions output() {
        return output;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ImagePuller puller =
                registry.builder(List.of(image), output.isVerbose(), err).build()) {
            HostsExplanation explanation = puller.explain(image);
            if (output.isJson()) {
                out.println(ResultJson.explanation(explanation));
            } else {
                print(explanation, out);
            }
            out.flush();
            return 0;
        }
    }

    private static void print(HostsExplanation explanation, PrintWriter out) {
        out.println("image      " + explanation.name());
        out.println("namespace  " + explanation.namespace());
        String label = "tried      ";
        for (Path tried : explanation.tried()) {
            out.println(label + tried + (tried.equals(explanation.directory()) ? "  <- used" : ""));
            label = "           ";
        }
        if (explanation.directory() == null && !explanation.tried().isEmpty()) {
            out.println("           none of them is there: the built-in defaults are used");
        }
        out.println();
        out.println("To find out what it is, in this order:");
        explanation.resolve().forEach(endpoint -> print(endpoint, out));
        out.println("To get its content, in this order:");
        explanation.pull().forEach(endpoint -> print(endpoint, out));
        if (!explanation.skipped().isEmpty()) {
            out.println("Left out:");
            explanation
                    .skipped()
                    .forEach(skipped -> out.println("  " + skipped.host().origin() + ": " + skipped.reason() + " ("
                            + skipped.host().source() + ")"));
        }
        for (Finding finding : explanation.findings()) {
            out.println(ValueNames.of(finding.severity()) + ": " + finding);
        }
    }

    private static void print(HostsExplanation.Endpoint endpoint, PrintWriter out) {
        RegistryHost host = endpoint.host();
        out.println("  GET " + endpoint.url());
        out.println("      written at   " + host.source());
        out.println("      capabilities "
                + host.capabilities().stream().sorted().map(Capability::label).collect(Collectors.joining(", ")));
        if (host.httpFallback()) {
            out.println("      protocol     TLS first; plain HTTP if the host does not speak TLS");
        }
        if (host.tls().insecure()) {
            out.println("      certificate  not checked");
        }
        endpoint.ca().forEach(ca -> out.println("      ca           " + ca));
        endpoint.client().forEach(client -> out.println("      client       " + client));
        if (!host.headers().isEmpty()) {
            out.println("      headers      "
                    + host.headers().stream().map(Header::name).distinct().collect(Collectors.joining(", "))
                    + " (values hidden)");
        }
        out.println("      dial timeout "
                + (host.dialTimeout().isZero() ? "none" : host.dialTimeout().toMillis() + " ms"));
        out.println("      credentials  " + (endpoint.credentials() == null ? "none" : endpoint.credentials()));
    }
}
