import { parser as logql } from "@grafana/lezer-logql";
import { parser as promql } from "@prometheus-io/lezer-promql";

/** The part of a syntax tree that is read here: nodes of LR grammars have it. */
interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  getChild(name: string): SyntaxNode | null;
}

interface Parser {
  parse(text: string): { iterate(visit: { enter(node: { readonly node: SyntaxNode }): void }): void };
}

/** A metric, or a stream of logs, with the labels that choose among its series. */
interface Selector {
  /** Empty for logs. */
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface ReadQuery {
  /** Each place that the grammar does not know, as the text from there on. */
  readonly mistakes: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels that series are put together or joined by. */
  readonly grouping: readonly string[];
}

/**
 * What a query of Prometheus asks for, by the grammar of its own editor. Grafana's variables of time must be replaced
 * before; others stand in strings.
 */
export function readPromql(query: string): ReadQuery {
  return read(promql, query, {
    selector: "VectorSelector",
    matcher: ["UnquotedLabelMatcher", "LabelName"],
    grouping: ["GroupingLabels", "LabelName"],
  });
}

/** The same for a query of Loki. */
export function readLogql(query: string): ReadQuery {
  return read(logql, query, {
    selector: "Selector",
    matcher: ["Matcher", "Identifier"],
    grouping: ["Labels", "Identifier"],
  });
}

interface Names {
  readonly selector: string;
  /** A node, and the one in it that holds a label's name. */
  readonly matcher: readonly [string, string];
  readonly grouping: readonly [string, string];
}

function read(parser: Parser, query: string, names: Names): ReadQuery {
  const mistakes: string[] = [];
  const selectors: { metric: string; labels: string[]; to: number }[] = [];
  const grouping: string[] = [];
  let groupingUntil = -1;
  const textOf = ({ from, to }: SyntaxNode): string => query.slice(from, to);
  parser.parse(query).iterate({
    enter({ node }) {
      if (node.type.isError) mistakes.push(query.slice(node.from));
      if (node.name === names.selector) {
        const metric = node.getChild("Identifier");
        selectors.push({ metric: metric === null ? "" : textOf(metric), labels: [], to: node.to });
      }
      if (node.name === names.matcher[0]) {
        const label = node.getChild(names.matcher[1]);
        if (label !== null) selectors.at(-1)?.labels.push(textOf(label));
      }
      if (node.name === names.grouping[0]) groupingUntil = node.to;
      if (node.name === names.grouping[1] && node.to <= groupingUntil) grouping.push(textOf(node));
    },
  });
  return { mistakes, selectors: selectors.map(({ metric, labels }) => ({ metric, labels })), grouping };
}
