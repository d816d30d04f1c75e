// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.ArrayList;
import java.util.List;

/**
 * A regular expression as steps of a machine, made from its end to its begin.
 *
 * @param steps the steps
 * @param start the first step
 * @param groups how many groups capture, the whole match aside
 */
record Program(List<Instruction> steps, int start, int groups) {
    /** The most steps of an expression; one for a name has some dozens. */
    static final int MAX_STEPS = 2000;

    private static final Instruction LATER = new Instruction.Match();

    Program {
        steps = List.copyOf(steps);
    }

    static Program of(Node root, int groups) throws GoRegexException {
        Compiler compiler = new Compiler();
        int start = compiler.compile(root, compiler.add(new Instruction.Match()));
        return new Program(compiler.steps, start, groups);
    }

    private static final class Compiler {
        private final List<Instruction> steps = new ArrayList<>();
        private int work;

        int add(Instruction step) {
            steps.add(step);
            return steps.size() - 1;
        }

        /** Adds the steps of a node, and returns the first of them. */
        int compile(Node node, int next) throws GoRegexException {
            // Parts that need no step count as well: (?:){1000} in itself would have no end.
            if (++work > MAX_STEPS) {
                throw new GoRegexException(
                        "it stands for more than " + MAX_STEPS + " steps, its repetitions multiplied");
            }
            if (node instanceof Node.Characters characters) {
                return add(new Instruction.Read(characters.set(), next));
            }
            if (node instanceof Node.Place place) {
                return add(new Instruction.Check(place.boundary(), next));
            }
            if (node instanceof Node.Group group) {
                int end = add(new Instruction.Save(2 * group.number() + 1, next));
                return add(new Instruction.Save(2 * group.number(), compile(group.content(), end)));
            }
            if (node instanceof Node.Sequence sequence) {
                int first = next;
                for (int i = sequence.parts().size() - 1; i >= 0; i--) {
                    first = compile(sequence.parts().get(i), first);
                }
                return first;
            }
            if (node instanceof Node.Alternatives alternatives) {
                List<Node> choices = alternatives.choices();
                int first = compile(choices.get(choices.size() - 1), next);
                for (int i = choices.size() - 2; i >= 0; i--) {
                    first = add(new Instruction.Split(compile(choices.get(i), next), first));
                }
                return first;
            }
            return repeat((Node.Repeat) node, next);
        }

        private int repeat(Node.Repeat repeat, int next) throws GoRegexException {
            int first = next;
            int copies = repeat.min();
            if (repeat.max() != Node.Repeat.UNLIMITED) {
                for (int i = repeat.min(); i < repeat.max(); i++) {
                    first = choice(compile(repeat.content(), first), next, repeat.greedy());
                }
            } else if (repeat.min() > 0) {
                first = onceOrMore(repeat, next);
                copies--;
            } else if (repeat.content().matchesNothing()) {
                // As in Go: the order of preference of (?:x+)? is right also when x is empty.
                first = choice(onceOrMore(repeat, next), next, repeat.greedy());
            } else {
                first = add(LATER);
                steps.set(first, split(compile(repeat.content(), first), next, repeat.greedy()));
            }
            for (int i = 0; i < copies; i++) {
                first = compile(repeat.content(), first);
            }
            return first;
        }

        private int onceOrMore(Node.Repeat repeat, int next) throws GoRegexException {
            int again = add(LATER);
            int first = compile(repeat.content(), again);
            steps.set(again, split(first, next, repeat.greedy()));
            return first;
        }

        private int choice(int more, int next, boolean greedy) {
            return add(split(more, next, greedy));
        }

        private static Instruction split(int more, int next, boolean greedy) {
            return greedy ? new Instruction.Split(more, next) : new Instruction.Split(next, more);
        }
    }
}
