import { z } from "zod";
import { haltRule } from "../../protocol/halt-rule.ts";
import { HALT_RULES_MAX } from "../../protocol/rule-metrics.ts";

/** `automatic_halts` of the YAML file. */
export const ruleListSchema = z
  .array(haltRule)
  .max(HALT_RULES_MAX)
  .superRefine((rules, context) => {
    const names = rules.map((rule) => rule?.name);
    const twice = names.findIndex((name, index) => name !== undefined && names.indexOf(name) < index);
    if (twice >= 0)
      context.addIssue({
        code: "custom",
        path: [twice, "name"],
        message: `expected another name, found ${names[twice]} twice`,
      });
  });
