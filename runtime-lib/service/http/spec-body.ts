/** The body of a submission, JSON or a tar, as files: paths that lead nowhere but into the spec, and no more than the limits. */
import { gunzipSync } from "node:zlib";
import type { Failed } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import type { SpecFile } from "../spec-plane.ts";
import { readTar, type TarFile } from "./tar.ts";

export interface SpecLimits {
  /** Bytes of a submission as it is sent. */
  readonly specBodyBytesMax: number;
  /** Bytes of all its files, unpacked. */
  readonly specBytesMax: number;
  readonly specFilesMax: number;
  /** UTF-16 units of a path. */
  readonly specPathLengthMax: number;
}

export const defaultSpecLimits: SpecLimits = {
  specBodyBytesMax: 8 * 1024 * 1024,
  specBytesMax: 8 * 1024 * 1024,
  specFilesMax: 1_000,
  specPathLengthMax: 255,
};

/** What a submission may be sent as. */
export const specTypes = ["application/json", "application/x-tar", "application/gzip", "application/x-gzip"] as const;

/** The files in the order in which they were sent. Nothing touches a disk. */
export function readSpecBody(contentType: string, body: Buffer, limits: SpecLimits): readonly SpecFile[] | Failed {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const packed = type === "application/json" ? filesInJson(body) : filesInTar(type, body, limits);
  if (isFailed(packed)) return packed;
  if (packed.length === 0) return failed("InvalidParameter", "a submission has at least one file", "files");
  if (packed.length > limits.specFilesMax) return tooMuch(`${packed.length} files`, "specFilesMax", limits);
  const bytes = packed.reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes > limits.specBytesMax) return tooMuch(`${bytes} bytes`, "specBytesMax", limits);
  return checked(packed, limits);
}

function tooMuch(found: string, limit: keyof SpecLimits, limits: SpecLimits): Failed {
  return failed("PayloadTooLarge", `the submission has ${found}, and the limit ${limit} is ${limits[limit]}`, "files");
}

function filesInTar(type: string, body: Buffer, limits: SpecLimits): readonly TarFile[] | Failed {
  const { specBytesMax, specFilesMax } = limits;
  const blocks = 1_024 * (2 * specFilesMax + 10);
  const archive = type === "application/x-tar" ? body : unpacked(body, specBytesMax + blocks);
  if (isFailed(archive))
    return archive.code === "PayloadTooLarge" ? tooMuch("more bytes", "specBytesMax", limits) : archive;
  return readTar(archive, { entriesMax: 4 * specFilesMax });
}

function unpacked(body: Buffer, bytesMax: number): Buffer | Failed {
  try {
    return gunzipSync(body, { maxOutputLength: bytesMax });
  } catch (error) {
    const isTooMuch = error instanceof RangeError;
    return failed(isTooMuch ? "PayloadTooLarge" : "InvalidRequest", "the body is no gzip", "files");
  }
}

/** `{ "files": { "order.ioa.toml": "…", "shop.csdl.xml": { "base64": "…" } } }` */
function filesInJson(body: Buffer): readonly TarFile[] | Failed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return failed("InvalidRequest", "the body is no JSON");
  }
  const { files, ...others } = fieldsOf(parsed);
  const [other] = Object.keys(others);
  if (other !== undefined) return failed("InvalidParameter", `a submission has no ${JSON.stringify(other)}`, other);
  if (typeof files !== "object" || files === null || Array.isArray(files)) {
    return failed("InvalidParameter", "files is an object of texts by their paths", "files");
  }
  const list: TarFile[] = [];
  for (const [path, content] of Object.entries(files)) {
    const bytes = bytesOf(content);
    if (bytes === undefined) {
      return failed("InvalidParameter", `${JSON.stringify(path)} is neither a text nor { "base64": … }`, "files");
    }
    list.push({ path, bytes });
  }
  return list;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function bytesOf(content: unknown): Uint8Array | undefined {
  if (typeof content === "string") return Buffer.from(content, "utf8");
  const { base64 } = fieldsOf(content);
  const isBase64 = typeof base64 === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return isBase64 ? Buffer.from(base64, "base64") : undefined;
}

function checked(files: readonly TarFile[], { specPathLengthMax }: SpecLimits): readonly SpecFile[] | Failed {
  const taken = new Set<string>();
  const list: SpecFile[] = [];
  for (const { path: sent, bytes } of files) {
    const path = sent.startsWith("./") ? sent.slice(2) : sent;
    const problem =
      path.length > specPathLengthMax ? `is longer than ${specPathLengthMax} characters` : pathProblem(path);
    if (problem !== undefined) return failed("InvalidParameter", `the path ${shown(path)} ${problem}`, "files");
    if (taken.has(path.toLowerCase()))
      return failed("InvalidParameter", `the path ${shown(path)} is there twice`, "files");
    taken.add(path.toLowerCase());
    const text = decoded(bytes);
    if (text === undefined) return failed("InvalidParameter", `${shown(path)} is not UTF-8`, "files");
    list.push({ path, text });
  }
  return list;
}

/** A path is never opened by anybody; but it is printed, hashed and stored, and whoever unpacks it elsewhere is to be safe. */
function pathProblem(path: string): string | undefined {
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\:*?"<>|]/u.test(path)) return "has a character that no path of a spec has";
  const segments = path.split("/");
  if (segments.includes("")) return "is empty, absolute, or has an empty part";
  if (segments.includes("..") || segments.includes(".")) return "has a part . or ..";
  return segments.length > 16 ? "is more than 16 folders deep" : undefined;
}

function shown(path: string): string {
  return JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path);
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
