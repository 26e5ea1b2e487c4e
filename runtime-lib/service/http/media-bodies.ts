/** Takes request bodies that are no JSON: where the path leads to a stream, and as far as there is room for them. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Failed } from "../call.ts";
import { defaultLimits } from "../limits.ts";
import { failed, isFailed } from "../odata/failure.ts";
import type { ODataLimits } from "../odata/limits.ts";
import { resourceOf } from "../odata/path.ts";
import type { Routes } from "../odata/routes.ts";
import { pathSegments } from "../odata/url.ts";
import { mediaTooLarge } from "./media.ts";
import { onlyJson, RefusedBody } from "./thrown.ts";
import type { TrafficLimits } from "./traffic-limits.ts";

export interface MediaPlace {
  /** Of the service that the request is for. */
  readonly routes: Routes;
  /** The raw path behind the service root. */
  readonly path: string;
  /** Calls back when the request is answered, or its caller has gone. */
  readonly onAnswered: (then: () => void) => void;
}

export interface MediaBodies {
  readonly limits: ODataLimits & TrafficLimits;
  /** Or why the service that the request is for does not serve. */
  readonly placeOf: (request: FastifyRequest) => MediaPlace | Failed;
}

type Done = (error: Error | null, body?: Buffer) => void;

/** Any other type than those that have a parser of their own; refused before it is read where nothing takes it. */
export function takeMediaBodies(app: FastifyInstance, { limits, placeOf }: MediaBodies): void {
  const { mediaBytesMax, mediaHeldBytesMax } = limits;
  let held = 0;
  const refusalOf = (size: number): RefusedBody | undefined => {
    if (size > mediaBytesMax) return new RefusedBody(mediaTooLarge(mediaBytesMax));
    return held > mediaHeldBytesMax ? new RefusedBody(noRoom(mediaHeldBytesMax)) : undefined;
  };
  app.addContentTypeParser("*", (request, payload, done: Done) => {
    const place = placeOf(request);
    const announced = refusalOf(Number(request.headers["content-length"] ?? 0));
    if (isFailed(place)) done(new RefusedBody(place));
    else if (!isStream(place, limits)) done(new RefusedBody(onlyJson));
    else if (announced !== undefined) done(announced);
    else {
      let size = 0;
      const chunks: Buffer[] = [];
      place.onAnswered(() => {
        held -= size;
      });
      const ended = (error: Error | null): void => {
        payload.off("data", taken).off("error", ended).off("end", whole);
        done(error, error === null ? Buffer.concat(chunks) : undefined);
      };
      const whole = (): void => ended(null);
      const taken = (chunk: Buffer): void => {
        size += chunk.length;
        held += chunk.length;
        chunks.push(chunk);
        const refused = refusalOf(size);
        if (refused !== undefined) ended(refused);
      };
      payload.on("data", taken).on("error", ended).on("end", whole);
    }
  });
}

function noRoom(mediaHeldBytesMax: number): Failed {
  const { retryAfterSeconds } = defaultLimits;
  const message = `streams under way have ${mediaHeldBytesMax} bytes together already (mediaHeldBytesMax)`;
  return { ...failed("Overloaded", message), retryAfterSeconds };
}

/** True of streams, and of where media entities are made. */
function isStream({ routes, path }: MediaPlace, limits: ODataLimits): boolean {
  const segments = pathSegments(path);
  if (isFailed(segments)) return false;
  let end = resourceOf(segments, routes, limits);
  // Which entity a path comes to only the store knows, but that it ends at a stream is written there.
  while ("inside" in end) end = end.inside("");
  if (end.kind === "stream") return true;
  const set = end.kind === "set" ? end.set : end.kind === "related" ? end.navigation.target() : undefined;
  return set?.streams.has("$value") === true;
}
