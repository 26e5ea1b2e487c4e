/** Entity ids as clients send them, `@odata.id` and `$id`: absolute, from the root, or relative (OData 4.01 part 1, section 4.4). */
import { invalid, isFailed } from "./failure.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import { type Named, resourceOf } from "./path.ts";
import type { Routes } from "./routes.ts";
import { pathSegments } from "./url.ts";

export interface IdReading {
  readonly routes: Routes;
  readonly serviceRoot: string;
  readonly limits: ODataLimits;
  /** In a batch: the paths of entities that earlier requests made or named, by those requests' ids. */
  readonly references?: ReadonlyMap<string, string> | undefined;
}

/** What the id names; an id of another service names nothing here. */
export function namedById(text: string, reading: IdReading, target: string): Named {
  const { routes, serviceRoot, limits, references } = reading;
  const path = pathWithin(dereferenced(text.trim(), references), serviceRoot);
  if (path === undefined || path.length > limits.urlLengthMax) {
    return invalid(`${shown(text)} is not the id of an entity of this service`, target);
  }
  const segments = pathSegments(path);
  return isFailed(segments) ? { ...segments, target } : resourceOf(segments, routes, limits);
}

const reference = /^\/?\$([^/?#(]+)(.*)$/s;

/** The request of a batch that a URL begins with: `1` of `$1/Items`. */
export function referredTo(url: string): string | undefined {
  return reference.exec(url)?.[1];
}

/** `$1/Items` with the path that the request `1` came to in place of `$1`; other URLs as they are. */
export function dereferenced(url: string, references: ReadonlyMap<string, string> | undefined): string {
  const [, id, rest = ""] = reference.exec(url) ?? [];
  const path = id === undefined ? undefined : references?.get(id);
  return path === undefined ? url : `${path}${rest}`;
}

/** The path behind the service root; undefined where the URL is of another host. Relative ones may climb from anywhere. */
export function pathWithin(url: string, serviceRoot: string): string | undefined {
  const root = taken(serviceRoot);
  const { authority, path } = taken(url);
  if (authority !== "" && root.authority !== "" && authority.toLowerCase() !== root.authority.toLowerCase())
    return undefined;
  if (path.startsWith(root.path)) return path.slice(root.path.length);
  if (authority !== "" || /^[a-z][a-z0-9+.-]*:/i.test(path)) return undefined;
  return path.replace(/^(?:\.{0,2}\/)+/, "");
}

/** The scheme says nothing: a proxy may end TLS before this service. */
function taken(url: string): { readonly authority: string; readonly path: string } {
  const [, authority = "", path = ""] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  return authority === "" ? { authority, path: url } : { authority, path };
}
