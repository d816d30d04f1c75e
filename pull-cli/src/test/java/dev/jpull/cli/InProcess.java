// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the command in this process. */
public final class InProcess {
    private InProcess() {}

    /** What a run came to. */
    public record Run(int exitCode, String out, String err) {
        public JsonNode json() {
            return new JsonMapper().readTree(out);
        }
    }

    public static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
