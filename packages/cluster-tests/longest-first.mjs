import { basename } from "node:path";

/** The stages that take minutes, Argo CD's; the others fill up what is left of either worker's time. */
const LONGEST = ["reconciled", "held-back", "admitted-scheduled"];

/** A sequencer of jest: on a new machine too, where no earlier run has left its times. */
export default class LongestFirst {
  sort(tests) {
    return [...tests].sort((one, other) => place(one) - place(other));
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}

function place({ path }) {
  const at = LONGEST.indexOf(basename(path, ".cluster.test.ts"));
  return at === -1 ? LONGEST.length : at;
}
