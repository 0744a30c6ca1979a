import { type ImageUse, imageLedger, imageUses } from "../../images/image-ledger.ts";
import type { ImageReference } from "../../images/image-reference.ts";
import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import { type CheckContext, defineRule, type Problem, type Unchecked } from "../rule.ts";

type Code =
  | "malformed-image"
  | "registry-missing"
  | "tag-missing"
  | "floating-tag"
  | "not-in-ledger"
  | "differs-from-ledger"
  | "digest-missing"
  | "digest-without-evidence"
  | "end-of-life"
  | "unused-image";

type Result = Problem<Code> | Unchecked;

/** A word alone, or one number with or without a word: each is moved to the next release. */
const FLOATING_TAG = /^(?:[^\d]*|v?\d{1,4}(?:-[a-z][a-z0-9.-]*)?)$/i;

const DAY = 24 * 60 * 60 * 1000;

/** Days before an image's end from which a proof mentions it. */
const NOTICE_DAYS = 90;

export const pinnedImages = defineRule<Code>({
  id: "pinned-images",
  group: "security",
  severity: "error",
  title: "Every image is the one that was proven",
  explanation: {
    protects:
      "That a restart runs what was reviewed: registry, version and, where there is evidence, digest of each " +
      "image stand in global.images, and the rendering names exactly these.",
    incident:
      "A pod is rescheduled at night, pulls :latest, and a new major version of the database refuses its own files.",
    fix: "Name the image in global.images with repository, tag and digest, and render it from there.",
    source: "distribution/reference v0.6 (grammar); kubernetes.io, Images",
  },
  codes: {
    "malformed-image": "The text is no image reference.",
    "registry-missing": "A short name: each runtime completes it by its own settings.",
    "tag-missing": "Without a tag, :latest is pulled.",
    "floating-tag": "The tag is moved to other images over time.",
    "not-in-ledger": "The plan does not list the image.",
    "differs-from-ledger": "The plan lists another version or digest of the image.",
    "digest-missing": "The plan knows the digest, and the rendering leaves it out.",
    "digest-without-evidence": "The plan holds a digest without saying where it was seen.",
    "end-of-life": "Upstream no longer mends the image.",
    "unused-image": "The plan lists an image that nothing uses.",
  },
  *check(context) {
    const { plan, workloads } = context;
    for (const use of imageUses(workloads)) {
      if (typeof use.reference === "string") yield malformed(use, use.reference);
      else yield* shapeFindings(use, use.reference, plan);
    }
    if (plan !== undefined) yield* ledgerFindings(context, plan);
  },
});

function malformed({ image, manifest, path }: ImageUse, why: string): Result {
  return {
    code: "malformed-image",
    manifest,
    path,
    message: `${image} is no image reference: ${why}`,
    actual: image,
    fix: "Write registry/path:tag@sha256:<64 hexadecimal digits>.",
  };
}

function* shapeFindings(use: ImageUse, reference: ImageReference, plan: Plan | undefined): Generator<Result> {
  const { image, manifest, path } = use;
  const { registry, repository, tag, digest } = reference;
  const where = { manifest, path, actual: image };
  if (registry === undefined) {
    yield {
      ...where,
      code: "registry-missing",
      message: `${image} names no registry`,
      fix: `Write it out: docker.io/${repository.includes("/") ? "" : "library/"}${image}.`,
    };
  }
  if (tag === undefined) {
    yield {
      ...where,
      code: "tag-missing",
      message: `${image} has no tag`,
      fix: "Name the exact version as the tag.",
    };
  } else if (FLOATING_TAG.test(tag)) {
    yield {
      ...where,
      code: "floating-tag",
      message: `the tag ${tag} of ${repository} is moved from release to release`,
      fix: "Name the exact version as the tag.",
    };
  }
  if (plan !== undefined) yield* comparison(use, reference, plan);
  else if (digest === undefined)
    yield { unchecked: `${image}: no digest, and no plan that knows one`, manifest };
}

function* comparison(
  { image, manifest, path }: ImageUse,
  reference: ImageReference,
  plan: Plan,
): Generator<Result> {
  const candidates = Object.entries(plan.images).filter(
    ([, planned]) => planned.repository === reference.repository,
  );
  const sameTag = candidates.find(([, planned]) => planned.tag === reference.tag) ?? candidates[0];
  if (sameTag === undefined) {
    yield {
      code: "not-in-ledger",
      manifest,
      path,
      message: `${reference.repository} is not listed in global.images`,
      actual: image,
      fix: "Add it to global.images with tag, digest and evidence, and render it from there.",
    };
    return;
  }
  const [key, planned] = sameTag;
  if (planned.tag === reference.tag && planned.digest === (reference.digest ?? "")) return;
  const isDigestMissing = planned.tag === reference.tag && reference.digest === undefined;
  yield {
    code: isDigestMissing ? "digest-missing" : "differs-from-ledger",
    manifest,
    path,
    message: isDigestMissing
      ? `${image} leaves out the digest that global.images.${key} knows`
      : `${image} is not what global.images.${key} lists`,
    actual: image,
    limit: plannedImage(planned),
    fix: `Render the image from global.images.${key}.`,
  };
}

function* ledgerFindings({ index, workloads, today }: CheckContext, plan: Plan): Generator<Result> {
  for (const { key, repository, tag, digest, evidence, endOfLife, usedBy } of imageLedger(
    index,
    workloads,
    plan,
  )) {
    if (key === undefined) continue;
    const path = `global.images.${key}`;
    const image = `${repository}:${tag}`;
    if (digest !== undefined && evidence === "") {
      yield {
        code: "digest-without-evidence",
        path: `${path}.evidence`,
        message: `nobody says where the digest of ${image} was seen`,
        actual: digest,
        fix: "Name the source in `evidence`, or leave the digest empty until there is one.",
      };
    }
    if (usedBy.length > 0 && digest === undefined) {
      yield { unchecked: `${path}: the digest of ${image} is not known, so its tag may be moved` };
    }
    if (endOfLife !== undefined && usedBy.length > 0) {
      yield* endOfLifeFindings({ image, path, endOfLife, usedBy, today });
    }
    const owner = ownerOf(key, plan);
    if (usedBy.length === 0 && owner !== undefined && plan.components[owner]?.enabled === true) {
      yield {
        code: "unused-image",
        path,
        message: `nothing that ${owner} renders uses ${image}`,
        actual: image,
        fix: "Remove it from global.images, or render the image from there.",
      };
    }
  }
}

interface PlannedEnd {
  readonly image: string;
  readonly path: string;
  readonly endOfLife: string;
  readonly usedBy: readonly Manifest[];
  readonly today: string | undefined;
}

/** An error once the day is over; shortly before, and where nobody says which day it is, listed as unchecked. */
function* endOfLifeFindings({ image, path, endOfLife, usedBy, today }: PlannedEnd): Generator<Result> {
  if (today === undefined) {
    yield { unchecked: `${path}: upstream ends ${image} on ${endOfLife}; nobody said which day it is` };
    return;
  }
  const days = (Date.parse(endOfLife) - Date.parse(today)) / DAY;
  if (days > NOTICE_DAYS) return;
  if (days >= 0) {
    yield { unchecked: `${path}: upstream ends ${image} on ${endOfLife}, in ${days} days` };
    return;
  }
  yield* usedBy.map(
    (manifest): Result => ({
      code: "end-of-life",
      manifest,
      path,
      message: `upstream ended ${image} on ${endOfLife}`,
      actual: endOfLife,
      limit: today,
      fix: "Move to its successor, or list an exception that says why it stays and until when.",
    }),
  );
}

/** The component whose name the key starts with; the longest if there are several. */
function ownerOf(key: string, plan: Plan): string | undefined {
  return Object.keys(plan.components)
    .filter((component) => key === component || key.startsWith(`${component}-`))
    .sort((a, b) => b.length - a.length)[0];
}

function plannedImage({ repository, tag, digest }: PlannedImage): string {
  return `${repository}:${tag}${digest === "" ? "" : `@${digest}`}`;
}
