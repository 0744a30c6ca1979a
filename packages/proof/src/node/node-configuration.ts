import { parseGoYaml } from "../manifest/go-yaml.ts";
import { isObject, type JsonObject } from "../manifest/values.ts";
import { K3S_CONFIG, KUBELET_CONFIG, LOGIND_CONFIG, type NodeFiles } from "./node-paths.ts";

/** What the files of a machine say. */
export interface NodeConfiguration {
  readonly k3s: JsonObject;
  readonly kubelet: JsonObject;
  /** Seconds for which logind lets the kubelet delay a shutdown; undefined when the file does not say. */
  readonly shutdownDelay: number | undefined;
}

/** A file that is missing or cannot be read, and why. */
export interface UnreadableFile {
  readonly path: string;
  readonly reason: string;
}

/** Reads a machine's files; the first one that cannot be read is the answer. */
export function readNodeConfiguration(files: NodeFiles): NodeConfiguration | UnreadableFile {
  const k3s = readMapping(files, K3S_CONFIG);
  if (typeof k3s === "string") return { path: K3S_CONFIG, reason: k3s };
  const kubelet = readMapping(files, KUBELET_CONFIG);
  if (typeof kubelet === "string") return { path: KUBELET_CONFIG, reason: kubelet };
  const delay = /^InhibitDelayMaxSec=(\d+)$/m.exec(files.get(LOGIND_CONFIG) ?? "")?.[1];
  return { k3s, kubelet, shutdownDelay: delay === undefined ? undefined : Number(delay) };
}

function readMapping(files: NodeFiles, path: string): JsonObject | string {
  const text = files.get(path);
  if (text === undefined) return "it is not there";
  try {
    const documents = parseGoYaml(text);
    const value = documents[0]?.value;
    if (documents.length > 1) return "it holds several documents, of which one is read";
    return isObject(value) ? value : "it is no mapping";
  } catch (error) {
    return `it is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  }
}
