import type { Rule } from "../rule.ts";
import { addressBehindGateway } from "./address-behind-gateway.ts";
import { addressInPlan } from "./address-in-plan.ts";
import { noAddressByChance } from "./no-address-by-chance.ts";
import { pinnedAddressServed } from "./pinned-address-served.ts";
import { poolMatchesPlan } from "./pool-matches-plan.ts";
import { reservedAddressFree } from "./reserved-address-free.ts";
import { uniqueAddress } from "./unique-address.ts";
import { validAddress } from "./valid-address.ts";

export const addressesRules: readonly Rule[] = [
  validAddress,
  uniqueAddress,
  addressInPlan,
  reservedAddressFree,
  addressBehindGateway,
  poolMatchesPlan,
  pinnedAddressServed,
  noAddressByChance,
];
