/** Secrets of tenants' own programs: each has its own and can name no other. */
import { expect, test } from "vitest";
import { tenantSecrets, tenantSecretsIn } from "./secrets.ts";

test("a tenant's secrets are those under its name, and the new ones once the environment is another", () => {
  const environment = { TEMPERC_TENANT_SECRETS: '{"a":{"bank":"1"},"b":{"bank":"2"},"__proto__":{"bank":"3"}}' };
  const secretsOf = tenantSecrets(environment);
  expect(["a", "b", "c", "__proto__", "constructor"].map((tenant) => secretsOf(tenant)("bank"))).toEqual([
    "1",
    "2",
    undefined,
    "3",
    undefined,
  ]);
  expect(["toString", "__proto__"].map((name) => secretsOf("a")(name))).toEqual([undefined, undefined]);
  environment.TEMPERC_TENANT_SECRETS = '{"a":{"bank":"4"}}';
  expect([secretsOf("a")("bank"), secretsOf("b")("bank")]).toEqual(["4", undefined]);
});

test.each(["{", "[]", '"a"', '{"a":1}', '{"a":{"bank":1}}', '{"a":{"bank":""}}'])("%s holds no secrets", (text) => {
  expect(tenantSecretsIn(text)).toBeUndefined();
});
