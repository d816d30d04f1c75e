// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.FailureDetails;
import dev.jpull.finding.SourcePosition;
import dev.jpull.text.ForeignText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The mistakes in one list; the first ones are reported together. For use by one thread. */
final class Problems {
    private static final int MAX_SHOWN = 20;

    private final Path file;
    private final List<String> lines = new ArrayList<>();
    private int count;

    Problems(Path file) {
        this.file = file;
    }

    /** A position in the list. */
    SourcePosition at(int line, int column) {
        return new SourcePosition(file, line, column);
    }

    /** The list. */
    Path file() {
        return file;
    }

    /** A mistake; the texts may be foreign. */
    void add(SourcePosition position, String message, String remedy) {
        count++;
        if (lines.size() < MAX_SHOWN) {
            lines.add(position + ": " + ForeignText.line(message) + ": " + ForeignText.line(remedy));
        }
    }

    /** Refuses the list when it has a mistake. */
    void refuse() {
        if (count > 0) {
            throw failure();
        }
    }

    private ConfigurationException failure() {
        List<String> shown = new ArrayList<>(lines);
        if (count > shown.size()) {
            shown.add(ForeignText.message(file.toString()) + ": " + (count - shown.size())
                    + " more mistakes: correct the first ones, and try again");
        }
        return new ConfigurationException(new FailureDetails(shown, null, List.of(), List.of()));
    }

    /** The failure of a list that cannot be read any further. */
    ConfigurationException fatal(SourcePosition position, String message, String remedy) {
        add(position, message, remedy);
        return failure();
    }
}
