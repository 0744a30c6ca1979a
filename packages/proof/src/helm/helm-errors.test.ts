import { describe, expect, test } from "@jest/globals";
import { describeHelmFailure } from "./helm-errors.ts";

const DEBUG_HINT = "\n\nUse --debug flag to render out invalid YAML\n";

interface Case {
  /** As printed on standard error; by version where they differ. */
  readonly stderr: string | { readonly "3.22": string; readonly "4.2": string };
  readonly what: string;
  readonly where?: string;
  readonly fix: string;
}

/** Printed by Helm 3.22.0 and 4.2.1 for charts with one mistake each. */
const cases: Readonly<Record<string, Case>> = {
  "one violation of a schema": {
    stderr: `Error: values don't meet the specifications of the schema(s) in the following chart(s):
redis:
- at '/image': additional properties 'tga' not allowed

`,
    what: "The values do not fit the charts' schemas: redis.image: additional properties 'tga' not allowed",
    where: "chart platform",
    fix: "each chart's README",
  },
  "violations in the chart, a subchart and what both share": {
    stderr: `Error: values don't meet the specifications of the schema(s) in the following chart(s):
platform:
- at '/image': validation failed
  - at '/image': missing property 'tag'
  - at '/image/policy': value must be one of 'Always', 'Never'
- at '/global/node/memory': got null, want string
- at '': additional properties 'extra' not allowed
redis:
- at '/list/1': got number, want string
- at '/global/node/memory': got null, want string
- at '/labels/app.kubernetes.io~1name': got number, want string

`,
    what: [
      "The values do not fit the charts' schemas:",
      "  (top level): additional properties 'extra' not allowed",
      "  global.node.memory: got null, want string",
      "  image.policy: value must be one of 'Always', 'Never'",
      "  image: missing property 'tag'",
      "  redis.labels.app.kubernetes.io/name: got number, want string",
      "  redis.list[1]: got number, want string",
    ].join("\n"),
    where: "chart platform",
    fix: "Correct these keys",
  },
  "fail in a subchart, over two lines": {
    stderr: `Error: execution error at (platform/charts/redis/templates/a.yaml:2:6): global.a is missing\nsecond line${DEBUG_HINT}`,
    what: "global.a is missing\nsecond line.",
    where: "chart redis, templates/a.yaml, line 2",
    fix: "set what the message asks for",
  },
  "fail whose message holds a path and colons": {
    stderr: `Error: execution error at (a/templates/_helpers.tpl:3:4): layer: "date" is unknown (a: b)!${DEBUG_HINT}`,
    what: 'layer: "date" is unknown (a: b)!',
    where: "chart a, templates/_helpers.tpl, line 3",
    fix: "set what the message asks for",
  },
  "a missing value deep in helpers": {
    stderr: {
      "3.22": `Error: template: nest/templates/x.yaml:2:6: executing "nest/templates/x.yaml" at <include "n.b" .>: error calling include: template: nest/templates/_helpers.tpl:6:3: executing "n.b" at <include "n.a" .>: error calling include: template: nest/templates/_helpers.tpl:3:10: executing "n.a" at <.Values.a.b.c>: nil pointer evaluating interface {}.b${DEBUG_HINT}`,
      "4.2": `Error: nest/templates/x.yaml:2:6
  executing "nest/templates/x.yaml" at <include "n.b" .>:
    error calling include:
nest/templates/_helpers.tpl:6:3
  executing "n.b" at <include "n.a" .>:
    error calling include:
nest/templates/_helpers.tpl:3:10
  executing "n.a" at <.Values.a.b.c>:
    nil pointer evaluating interface {}.b${DEBUG_HINT}`,
    },
    what: "The template fails at {{ .Values.a.b.c }}: nil pointer evaluating interface {}.b.",
    where: "chart nest, templates/_helpers.tpl, line 3, used by chart nest, templates/x.yaml, line 2",
    fix: "Set the missing key",
  },
  "an unknown template": {
    stderr: {
      "3.22": `Error: template: noinc/templates/a.yaml:1:6: executing "noinc/templates/a.yaml" at <include "nope" .>: error calling include: template: no template "nope" associated with template "gotpl"${DEBUG_HINT}`,
      "4.2": `Error: noinc/templates/a.yaml:1:6
  executing "noinc/templates/a.yaml" at <include "nope" .>:
    error calling include:
template: no template "nope" associated with template "gotpl"${DEBUG_HINT}`,
    },
    what: 'The template fails at {{ include "nope" . }}: no template "nope".',
    where: "chart noinc, templates/a.yaml, line 1",
    fix: "Define the template",
  },
  "a missing value in text that tpl renders": {
    stderr: `Error: template: tpl/templates/a.yaml:1:6: executing "tpl/templates/a.yaml" at <tpl .Values.t .>: error calling tpl: error during tpl function execution for "{{ .Values.x.y }}": template: gotpl:1:10: executing "gotpl" at <.Values.x.y>: nil pointer evaluating interface {}.y${DEBUG_HINT}`,
    what: "The template fails at {{ .Values.x.y }}: nil pointer evaluating interface {}.y.",
    where: "chart tpl, templates/a.yaml, line 1",
    fix: "Set the missing key",
  },
  "a function that fails": {
    stderr: `Error: template: l/templates/a.yaml:1:6: executing "l/templates/a.yaml" at <index .Values.list 5>: error calling index: index out of range: 5${DEBUG_HINT}`,
    what: "The template fails at {{ index .Values.list 5 }}: index out of range: 5.",
    where: "chart l, templates/a.yaml, line 1",
    fix: "Correct the expression",
  },
  "a wrong argument": {
    stderr: {
      "3.22": `Error: template: toy/templates/a.yaml:1:26: executing "toy/templates/a.yaml" at <"a">: expected integer; found "a"${DEBUG_HINT}`,
      "4.2": `Error: toy/templates/a.yaml:1:26
  executing "toy/templates/a.yaml" at <"a">:
    expected integer; found "a"${DEBUG_HINT}`,
    },
    what: 'The template fails at {{ "a" }}: expected integer; found "a".',
    where: "chart toy, templates/a.yaml, line 1",
    fix: "Correct the expression",
  },
  "an unknown function": {
    stderr: `Error: parse error at (nofunc/templates/a.yaml:1): function "foo" not defined${DEBUG_HINT}`,
    what: 'The template cannot be read: function "foo" not defined.',
    where: "chart nofunc, templates/a.yaml, line 1",
    fix: "Correct the template's syntax.",
  },
  "a block that is not closed": {
    stderr: `Error: parse error at (unclosed/templates/a.yaml:3): unexpected EOF${DEBUG_HINT}`,
    what: "The template cannot be read: unexpected EOF.",
    where: "chart unclosed, templates/a.yaml, line 3",
    fix: "Close the block ({{ end }}) that is still open.",
  },
  "a template that renders no YAML": {
    stderr: `Error: YAML parse error on p/charts/badyaml/templates/a.yaml: error converting YAML to JSON: yaml: line 4: did not find expected key${DEBUG_HINT}`,
    what: "The template renders what is not YAML: did not find expected key.",
    where: "chart badyaml, templates/a.yaml, line 4 of the rendered document",
    fix: "nindent",
  },
  "a values file that is no YAML": {
    stderr: {
      "3.22":
        "Error: failed to parse /p/my values.yaml: error converting YAML to JSON: yaml: line 2: did not find expected node content\n",
      "4.2":
        "Error: failed to parse /p/my values.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 2: did not find expected node content\n",
    },
    what: "The values file is not valid: did not find expected node content.",
    where: "/p/my values.yaml, line 2",
    fix: "one YAML mapping",
  },
  "a values file whose fault has no line": {
    stderr:
      "Error: failed to parse colon.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context\n",
    what: "The values file is not valid: mapping values are not allowed in this context.",
    where: "colon.yaml",
    fix: "one YAML mapping",
  },
  "a values file that is a list": {
    stderr:
      "Error: failed to parse list.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}\n",
    what: "The values file is not valid: a mapping was expected.",
    where: "list.yaml",
    fix: "one YAML mapping",
  },
  "the chart's own values": {
    stderr:
      "Error: cannot load values.yaml: error converting YAML to JSON: yaml: line 3: did not find expected ',' or ']'\n",
    what: "The values file is not valid: did not find expected ',' or ']'.",
    where: "chart platform, values.yaml, line 3",
    fix: "one YAML mapping",
  },
  "a missing values file": {
    stderr: "Error: open /p/nope.yaml: no such file or directory\n",
    what: "The values file cannot be read: no such file or directory.",
    where: "/p/nope.yaml",
    fix: "Check the path",
  },
  "a folder for a values file": {
    stderr: "Error: read /p: is a directory\n",
    what: "The values file cannot be read: is a directory.",
    where: "/p",
    fix: "Check the path",
  },
  "a setting without a value": {
    stderr: 'Error: failed parsing --set data: key "y" has no value\n',
    what: 'A value given with --set cannot be read: key "y" has no value.',
    fix: "--set path.to.key=value",
  },
  "an unfitting Kubernetes version": {
    stderr: `Error: chart requires kubeVersion: >=2.0 which is incompatible with Kubernetes v1.36.3${DEBUG_HINT}`,
    what: "chart requires kubeVersion: >=2.0 which is incompatible with Kubernetes v1.36.3.",
    fix: "Kubernetes version that the chart supports",
  },
  "an unknown flag": {
    stderr: "Error: unknown flag: --kube-version\n",
    what: "This Helm does not know the flag --kube-version.",
    fix: "unset HELM_BIN",
  },
  "a broken Chart.yaml": {
    stderr:
      "Error: cannot load Chart.yaml: error converting YAML to JSON: yaml: line 2: did not find expected node content\n",
    what: "Chart.yaml is not valid: did not find expected node content.",
    where: "chart platform, Chart.yaml, line 2",
    fix: "Correct Chart.yaml",
  },
  "no chart": {
    stderr: {
      "3.22": "Error: Chart.yaml file is missing\n",
      "4.2":
        "Error: unable to detect chart at /p/Chart.yaml: open /p/Chart.yaml: no such file or directory\n",
    },
    what: "There is no chart: Chart.yaml is missing.",
    where: "chart platform",
    fix: "Name a folder",
  },
  "a dependency that is not packed": {
    stderr: {
      "3.22":
        "Error: An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: redis\n",
      "4.2":
        "Error: an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: redis\n",
    },
    what: "The chart's dependencies are not packed: redis.",
    where: "chart platform",
    fix: "helm dependency update",
  },
  "a stale lock file": {
    stderr: {
      "3.22":
        "Error: the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies\n",
      "4.2":
        "Error: the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies with 'helm dependency update'\n",
    },
    what: "Chart.lock does not match the dependencies of Chart.yaml.",
    where: "chart platform, Chart.lock",
    fix: "helm dependency update",
  },
  "what nobody has seen yet, after a warning": {
    stderr: "level=WARN msg=old\nError: library charts are not installable\n",
    what: "Helm failed: library charts are not installable.",
    where: "chart platform",
    fix: "Mend what Helm names",
  },
  "nothing at all": {
    stderr: "",
    what: "Helm failed: it said nothing.",
    where: "chart platform",
    fix: "Mend what Helm names",
  },
};

const lines = Object.entries(cases).flatMap(([name, { stderr, ...details }]) =>
  typeof stderr === "string"
    ? [{ name, stderr, details }]
    : Object.entries(stderr).map(([version, text]) => ({
        name: `${name} (${version})`,
        stderr: text,
        details,
      })),
);

describe("describeHelmFailure", () => {
  test.each(lines)("$name", ({ stderr, details }) => {
    const { what, where, fix } = describeHelmFailure(stderr, { chart: "platform" });
    expect({ what, where }).toEqual({ what: details.what, where: details.where });
    expect(fix).toContain(details.fix);
  });
});
