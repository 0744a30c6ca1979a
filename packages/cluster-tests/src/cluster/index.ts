export { obtainPrograms } from "../programs/obtain-programs.ts";
export {
  announce,
  type BackgroundCluster,
  backgroundFolder,
  findBackground,
  startInBackground,
  stopBackground,
} from "./background.ts";
export { applyInOrder } from "./rollout.ts";
export { startCluster } from "./start-cluster.ts";
