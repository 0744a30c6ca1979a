import {
  DEFAULT_PROFILE,
  EXIT,
  exitCodeOf,
  InputError,
  type Plan,
  prove,
  readPlan,
  report,
  ruleTexts,
} from "@t495/proof";
import type { GitSource } from "../bootstrap/applications.ts";
import { readCredentials } from "../bootstrap/credentials.ts";
import { describeSteps, runStep } from "../bootstrap/run-steps.ts";
import { ledgerSecrets } from "../bootstrap/secrets.ts";
import { bootstrapSteps } from "../bootstrap/steps.ts";
import { Kubectl } from "../cluster/kubectl.ts";
import { requireCluster } from "../cluster/require-cluster.ts";
import { findRootApplication, type RootApplication } from "../cluster/root-application.ts";
import type { CommandAction, OptionValues } from "../command.ts";
import { ownTools, reportStyle, today } from "../edge.ts";
import { writeNote, writeOut } from "../output.ts";
import { noteWarnings, openOwnPlatform } from "../render-platform.ts";

/**
 * `platform bootstrap`: from a kubeconfig to the root Application. Without `--yes` it only says what it would do; run
 * again, it brings Argo CD to what the checkout says and leaves everything else alone.
 */
export const run: CommandAction = async ({ options, root }) => {
  const profile = options.value("profile") ?? DEFAULT_PROFILE;
  const { platform, helm } = await openOwnPlatform(root);
  const { manifests, warnings } = await platform.render({ profile });
  noteWarnings(warnings);
  const plan = readPlan(manifests);
  if (plan === undefined) throw new InputError({ what: "the rendering carries no plan", where: profile });

  const valueFiles = await platform.valueFiles({ profile });
  const tools = { ...ownTools(), helm: helm.version };
  const proof = prove({ manifests, plan, valueFiles, today: today(), tools });
  if (exitCodeOf(proof) !== EXIT.proven) {
    writeOut(report([proof], "pretty", { style: reportStyle(undefined), rules: ruleTexts }));
    writeNote("Nothing was applied: the platform does not fit its node.");
    return exitCodeOf(proof);
  }

  const kubectl = new Kubectl(options);
  const cluster = await requireCluster(kubectl, plan);
  const live = (await findRootApplication(kubectl))?.spec.source;
  if (options.value("profile") === undefined) requireSameProfile(live, plan);
  const git = gitSource(options, live, plan.gitops.repoURL);
  const credentials = await readCredentials(options, process.env, git.repoURL);
  const settings = [`global.gitops.repoURL=${git.repoURL}`];
  const argocd = (await platform.renderPart({ profile, settings }, "argocd")).manifests;
  const secrets = await ledgerSecrets(plan, kubectl);
  const steps = await bootstrapSteps({ root, plan, git, credentials, secrets, platform: manifests, argocd });

  writeOut(`cluster  ${cluster.server}, Kubernetes ${cluster.version}, node ${cluster.node}\n`);
  writeOut(`source   ${git.repoURL}, ${git.revision}, profile ${plan.profile}\n`);
  for (const note of cluster.notes) writeOut(`note     ${note}\n`);
  for (const line of await describeSteps(steps, kubectl)) writeOut(`${line}\n`);
  if (!options.has("yes")) {
    writeOut("Nothing was changed: the same command with --yes does it.\n");
    return EXIT.proven;
  }
  for (const [number, step] of steps.entries()) {
    writeNote(`${number + 1}/${steps.length}  ${step.title}`);
    await runStep(step, kubectl);
  }
  if (!options.has("no-wait")) {
    writeNote("waiting until Argo CD's pods are ready");
    for (const rollout of steps.flatMap(({ rollouts }) => rollouts)) await kubectl.run(rollout);
  }
  writeOut("Argo CD installs the platform now: kubectl --namespace argocd get applications --watch\n");
  return EXIT.proven;
};

const DEFAULT_REVISION = "main";

type LiveSource = RootApplication["spec"]["source"];

/** A second run without `--profile` must not give the cluster the default machine's sizes and storage class. */
function requireSameProfile(live: LiveSource | undefined, { gitops }: Plan): void {
  const followed = live?.helm?.valueFiles?.join(", ");
  const planned = gitops.valueFiles.join(", ");
  if (followed === undefined || followed === planned) return;
  throw new InputError({
    what: `the cluster follows ${followed}; without --profile it would be ${planned}`,
    where: "--profile",
    fix: "name the profile that the cluster is to have",
  });
}

/** What is not said stays as the cluster has it: a second run must not turn a fork's cluster back. */
function gitSource(options: OptionValues, live: LiveSource | undefined, planned: string): GitSource {
  return {
    repoURL: requireAddress(options.value("repository") ?? live?.repoURL ?? planned),
    revision: options.value("revision") ?? live?.targetRevision ?? DEFAULT_REVISION,
  };
}

function requireAddress(address: string): string {
  const credentials = /^https?:\/\/[^/]*@/.test(address);
  if (!credentials && /^(https?:\/\/|ssh:\/\/|file:\/\/|[\w.-]+@[\w.-]+:)\S+$/.test(address)) return address;
  throw new InputError({
    what: credentials
      ? "the repository's address holds credentials, which would stand in every Application"
      : `${address} is no address of a Git repository`,
    where: "--repository",
    fix: credentials
      ? "give the token in a file (--git-token-file) or in PLATFORM_GIT_TOKEN"
      : "write https://…, ssh://… or git@host:owner/name.git",
  });
}
