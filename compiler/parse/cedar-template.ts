/** Reads one Cedar policy template; a spec has none yet, a file of policies for `temperc authorize` may. */

import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { cedar } from "./cedar-engine.ts";
import { type ExactPolicy, exactPolicy } from "./cedar-numbers.ts";
import { depthMax, policyLengthMax, scanPolicies } from "./cedar-scan.ts";

/** The template, or undefined for what is none or goes past a limit. */
export function parseTemplate(text: string): { readonly exact: ExactPolicy } | undefined {
  const isTooMuch = text.length > policyLengthMax || scanPolicies(text).some(({ depth }) => depth > depthMax);
  const json = isTooMuch ? undefined : templateJson(text);
  if (json === undefined) return undefined;
  return { exact: exactPolicy(json, text, (other) => templateJson(other) ?? json) };
}

function templateJson(text: string): PolicyJson | undefined {
  const answer = cedar().templateToJson(text);
  return answer.type === "success" ? answer.json : undefined;
}
