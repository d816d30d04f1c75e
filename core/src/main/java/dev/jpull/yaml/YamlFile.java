// SPDX-License-Identifier: Apache-2.0
package dev.jpull.yaml;

import dev.jpull.finding.SourcePosition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A YAML document, read event by event, so that nesting, the number of nodes and aliases are bounded whatever it says: an alias
 * counts as all the nodes that it stands for. For use by one thread.
 */
public final class YamlFile {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_MISTAKES = 100;
    private static final int MAX_NODES = 1_000_000;
    private static final String UNDEFINED_HANDLE = "found undefined tag handle";
    private static final Set<String> PLAIN_TAGS = Set.of(
            "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", "tag:yaml.org,2002:int");

    private final Path file;
    private final List<YamlMistake> mistakes = new ArrayList<>();
    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;

    private YamlFile(Path file, String text) {
        this.file = file;
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE) // the size of the file is bounded
                .setUseMarks(true)
                .build();
        this.events = new ParserImpl(settings, new StreamReader(settings, text));
    }

    /** A node with an anchor, and how many nodes it has. */
    private record Anchored(YamlNode node, int nodes) {}

    /**
     * What a text says.
     *
     * @param root the document; empty when there is none
     * @param mistakes what has to be refused, though the document could be read: keys that are there twice, and tags
     */
    public record Document(Optional<YamlNode> root, List<YamlMistake> mistakes) {
        /** Copies the list. */
        public Document {
            mistakes = List.copyOf(mistakes);
        }
    }

    /**
     * Reads a text; the caller has bounded its size.
     *
     * @param file where it is from, for positions
     * @throws YamlException if it is no YAML, or beyond the limits
     */
    public static Document read(Path file, String text) throws YamlException {
        try {
            YamlFile yaml = new YamlFile(file, text);
            Optional<YamlNode> root = yaml.document();
            return new Document(root, yaml.mistakes);
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            SourcePosition position = mark == null
                    ? SourcePosition.of(file)
                    : new SourcePosition(file, mark.getLine() + 1, mark.getColumn() + 1);
            throw fatal(position, "not valid YAML: " + problemOf(e), remedyOf(e.getProblem()));
        } catch (YamlEngineException e) {
            throw fatal(SourcePosition.of(file), "not valid YAML: " + e.getMessage(), "correct it");
        }
    }

    private static YamlException fatal(SourcePosition position, String message, String remedy) {
        return new YamlException(new YamlMistake(position, message, remedy));
    }

    /** Without names that the text gives, since each of them may be a password that lacks its quotes. */
    private static String problemOf(MarkedYamlEngineException e) {
        return e.getProblem().startsWith(UNDEFINED_HANDLE) ? UNDEFINED_HANDLE : e.getProblem();
    }

    private static String remedyOf(String problem) {
        if (problem.contains("'\\t'")) {
            return "indent with blanks, not with tabs";
        }
        if (problem.contains("alias")) {
            return "put a text that begins with * in quotes";
        }
        return "correct this line, and put texts with special characters in quotes";
    }

    private Optional<YamlNode> document() throws YamlException {
        Optional<YamlNode> root = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (root.isPresent()) {
                    throw fatal(at(event), "a second document begins here", "write one document a file");
                }
                root = Optional.of(node(events.next(), 0));
            }
        }
        return root;
    }

    private YamlNode node(Event event, int depth) throws YamlException {
        if (depth > MAX_DEPTH) {
            throw fatal(at(event), "it is nested more than " + MAX_DEPTH + " deep", "write it with less nesting");
        }
        count(1, event);
        if (event instanceof AliasEvent alias) {
            Anchored meant = anchors.get(alias.getAlias());
            if (meant == null) {
                throw fatal(at(event), "the alias has no anchor before it", "put a text that begins with * in quotes");
            }
            count(meant.nodes(), event);
            return meant.node();
        }
        int before = nodes;
        YamlNode node = content(event, depth);
        if (event instanceof NodeEvent named) {
            named.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(node, nodes - before + 1)));
        }
        return node;
    }

    private void count(int more, Event event) throws YamlException {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw fatal(
                    at(event),
                    "it has more than " + MAX_NODES + " parts, those of aliases included",
                    "write less into one file");
        }
    }

    private YamlNode content(Event event, int depth) throws YamlException {
        if (event instanceof ScalarEvent scalar) {
            refuseTag(event, scalar.getTag());
            return new YamlNode.Scalar(at(event), scalar.getValue(), scalar.getScalarStyle() != ScalarStyle.PLAIN);
        }
        if (event instanceof SequenceStartEvent sequence) {
            refuseTag(event, sequence.getTag());
            List<YamlNode> items = new ArrayList<>();
            for (Event next = events.next(); !(next instanceof SequenceEndEvent); next = events.next()) {
                items.add(node(next, depth + 1));
            }
            return new YamlNode.Sequence(at(event), items);
        }
        if (event instanceof MappingStartEvent mapping) {
            refuseTag(event, mapping.getTag());
            return mapping(event, depth);
        }
        throw fatal(at(event), "a value is missing here", "write one");
    }

    private YamlNode.Mapping mapping(Event start, int depth) throws YamlException {
        List<YamlNode.Member> members = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Event next = events.next(); !(next instanceof MappingEndEvent); next = events.next()) {
            SourcePosition position = at(next);
            if (!(node(next, depth + 1) instanceof YamlNode.Scalar key)) {
                throw fatal(position, "a key is a list or has keys itself", "write a word as key");
            }
            YamlNode value = node(events.next(), depth + 1);
            if (!known.add(key.text())) {
                add(position, "\"" + key.text() + "\" is there twice", "keep one of them");
            }
            members.add(new YamlNode.Member(key, value));
        }
        return new YamlNode.Mapping(at(start), members);
    }

    private void refuseTag(Event event, Optional<String> tag) {
        if (tag.isPresent() && !PLAIN_TAGS.contains(tag.get())) {
            add(at(event), "the tag means nothing here", "remove it");
        }
    }

    private void add(SourcePosition position, String message, String remedy) {
        if (mistakes.size() < MAX_MISTAKES) {
            mistakes.add(new YamlMistake(position, message, remedy));
        }
    }

    private SourcePosition at(Event event) {
        return event.getStartMark()
                .map(mark -> new SourcePosition(file, mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(SourcePosition.of(file));
    }
}
