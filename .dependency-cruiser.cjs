/** The layering of the packages: pure core, input and output at the edge. */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "pure-core",
      comment: "Files, processes and the network are for helm/ and the report writers' edge.",
      severity: "error",
      from: {
        path: "^packages/proof/src/(accounting|addresses|checks|doctor|images|manifest|network|node|order|plan|report|schemas)/",
        pathNot: "\\.test\\.ts$",
      },
      to: { path: "^(node:)?(fs|child_process|net|http|https|os|worker_threads|process)(/|$)|^execa$" },
    },
    {
      name: "proof-knows-no-command-line",
      severity: "error",
      from: { path: "^packages/proof/src/" },
      to: { path: "^packages/(scripts|render-tests)/" },
    },
    {
      name: "rules-do-not-know-each-other",
      comment: "What two rules share is a module of its own, outside checks/<group>/.",
      severity: "error",
      from: { path: "^packages/proof/src/checks/([a-z]+)/", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/proof/src/checks/([a-z]+)/", pathNot: "^packages/proof/src/checks/$1/" },
    },
    {
      name: "tests-stay-tests",
      severity: "error",
      from: { pathNot: "\\.test\\.ts$|/test/" },
      to: { path: "\\.test\\.ts$|/test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|fixtures|coverage)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
