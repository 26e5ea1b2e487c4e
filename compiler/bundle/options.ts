/** What bundling must be told about the machine it runs on. */

export interface BundleOptions {
  /** The folder from which `@temperc/runtime` is found, as Node finds packages; paths in the bundle are relative to it. */
  readonly resolveDir: string;
  /** Files to take instead of packages: `{ "@temperc/runtime/kernel": "/…/runtime-lib/kernel/index.ts" }`. */
  readonly alias?: Readonly<Record<string, string>>;
}

export interface ServiceBundleOptions extends BundleOptions {
  /** The spec hash: what the service calls the revision that it serves. */
  readonly revision: string;
}
