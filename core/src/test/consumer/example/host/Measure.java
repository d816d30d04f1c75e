// SPDX-License-Identifier: Apache-2.0
package example.host;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What of the library is in the heap of this process. */
public final class Measure {
    private static final Pattern LINE = Pattern.compile(
            "\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\[*L?(?:dev\\.jpull|example\\.consumer|okhttp3|okio|kotlin)\\.\\S+).*");

    private Measure() {}

    /** How many instances of each of its classes are reachable. */
    public static Map<String, Long> instances() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Long> counts = new TreeMap<>();
        for (String line : histogram.lines().toList()) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches()) {
                counts.merge(parts.group(2), Long.valueOf(parts.group(1)), Long::sum);
            }
        }
        return counts;
    }

    /** How many bytes of the heap are in use after a collection. */
    public static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** How many bytes the descriptions of classes need. */
    public static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(memory -> memory.getName().equals("Metaspace"))
                .mapToLong(memory -> memory.getUsage().getUsed())
                .sum();
    }

    /** The names of all threads. */
    public static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().toList();
    }
}
