import type { Rule } from "../rule.ts";
import { noSecrets } from "./no-secrets.ts";
import { noServiceLinks } from "./no-service-links.ts";
import { pinnedImages } from "./pinned-images.ts";
import { podSecurity } from "./pod-security.ts";

export const securityRules: readonly Rule[] = [podSecurity, pinnedImages, noSecrets, noServiceLinks];
