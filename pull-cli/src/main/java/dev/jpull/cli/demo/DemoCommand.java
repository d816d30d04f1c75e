// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.demo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** x */
@Command(name = "demo", description = "x")
public final class DemoCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
