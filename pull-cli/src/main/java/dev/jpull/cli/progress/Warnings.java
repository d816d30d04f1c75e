// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;

/** Writes warnings and failures of hosts, which a user should see even without progress. */
public final class Warnings implements PullListener {
    private final PrintWriter out;

    /** Writes lines. */
    public Warnings(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void onEvent(PullEvent event) {
        if (event instanceof PullEvent.Warning || event instanceof PullEvent.Fallback) {
            out.println(PlainLines.describe(event));
            out.flush();
        }
    }
}
