/** The one door of the compiler: spec files in, typed program out, emitted text out. */

export { principalTypes } from "./bind/contract-names.ts";
export { cedarWasm } from "./bundle/cedar-beside.ts";
export { bundleForKernel } from "./bundle/kernel.ts";
export { loneModule } from "./bundle/lone-module.ts";
export type { BundleOptions, ServiceBundleOptions } from "./bundle/options.ts";
export { bundleService } from "./bundle/service.ts";
export { type Compiled, compile, type Purpose } from "./compile.ts";
export { type Code, catalogue } from "./diagnostics/catalogue.ts";
export type { Diagnostic, Note } from "./diagnostics/diagnostic.ts";
export { nearest } from "./diagnostics/did-you-mean.ts";
export { meanings } from "./diagnostics/meanings.ts";
export { printDiagnostics, type Texts } from "./diagnostics/print.ts";
export { type DiagnosticRecord, diagnosticRecords } from "./diagnostics/records.ts";
export { everyAction, type LonePolicy, loneDecision } from "./emit/decisions.ts";
export { emit } from "./emit/emit.ts";
export type { Emitted, EmittedFile } from "./emit/emitted.ts";
export { finish } from "./emit/finish.ts";
export { type PackageOptions, packageFiles } from "./emit/package.ts";
export type { Templates } from "./emit/render.ts";
export type * from "./ir/index.ts";
export { outline } from "./ir/outline.ts";
export { printEffect, printPredicate } from "./ir/print.ts";
export { type ReadPolicies, type ReadPolicy, readPolicies } from "./lone-policies.ts";
export { type MigratedFile, type Migration, migrate } from "./migrate.ts";
export { automatonSchema } from "./parse/automaton-schema.ts";
export { cedar } from "./parse/cedar-engine.ts";
export type { SourceFile, Sources } from "./sources.ts";
