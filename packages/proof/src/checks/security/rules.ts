import type { Rule } from "../rule.ts";
import { leastRbac } from "./least-rbac.ts";
import { noSecrets } from "./no-secrets.ts";
import { noServiceLinks } from "./no-service-links.ts";
import { noTokenByDefault } from "./no-token-by-default.ts";
import { pinnedImages } from "./pinned-images.ts";
import { podSecurity } from "./pod-security.ts";

export const securityRules: readonly Rule[] = [
  podSecurity,
  leastRbac,
  noTokenByDefault,
  pinnedImages,
  noSecrets,
  noServiceLinks,
];
