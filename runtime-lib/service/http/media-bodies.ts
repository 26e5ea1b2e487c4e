/** Takes request bodies that are no JSON: as far as the limit, and only where the path leads to a stream. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isFailed } from "../odata/failure.ts";
import type { ODataLimits } from "../odata/limits.ts";
import { resourceOf } from "../odata/path.ts";
import type { Routes } from "../odata/routes.ts";
import { pathSegments } from "../odata/url.ts";

export interface MediaBodies {
  readonly limits: ODataLimits;
  /** The routes of the service that the request is for, and its path behind the service root; undefined where there is none. */
  readonly placeOf: (request: FastifyRequest) => { readonly routes: Routes; readonly path: string } | undefined;
}

/** Told apart by its code, as the errors of Fastify are. */
class RefusedBody extends Error {
  readonly code: "FST_ERR_CTP_INVALID_MEDIA_TYPE" | "TEMPERC_MEDIA_TOO_LARGE";

  constructor(code: RefusedBody["code"], message: string = code) {
    super(message);
    this.code = code;
  }
}

type Done = (error: Error | null, body?: Buffer) => void;

/** Any other type than those that have a parser of their own; refused before it is read where nothing takes it. */
export function takeMediaBodies(app: FastifyInstance, bodies: MediaBodies): void {
  app.addContentTypeParser("*", (request, payload, done: Done) => {
    if (!mayTake(request, bodies)) {
      done(new RefusedBody("FST_ERR_CTP_INVALID_MEDIA_TYPE"));
      return;
    }
    const { mediaBytesMax } = bodies.limits;
    const chunks: Buffer[] = [];
    let size = 0;
    const ended = (error: Error | null): void => {
      payload.off("data", taken).off("error", ended).off("end", whole);
      done(error, error === null ? Buffer.concat(chunks) : undefined);
    };
    const whole = (): void => ended(null);
    const taken = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= mediaBytesMax) chunks.push(chunk);
      else ended(tooLarge(mediaBytesMax));
    };
    if (Number(request.headers["content-length"]) > mediaBytesMax) done(tooLarge(mediaBytesMax));
    else payload.on("data", taken).on("error", ended).on("end", whole);
  });
}

function tooLarge(mediaBytesMax: number): RefusedBody {
  return new RefusedBody("TEMPERC_MEDIA_TOO_LARGE", `a stream has at most ${mediaBytesMax} bytes (mediaBytesMax)`);
}

/** True of streams, and of sets of media entities, where each is written. */
function mayTake(request: FastifyRequest, { limits, placeOf }: MediaBodies): boolean {
  const place = placeOf(request);
  const segments = place && pathSegments(place.path);
  if (place === undefined || segments === undefined || isFailed(segments)) return false;
  let end = resourceOf(segments, place.routes, limits);
  // Which entity a path comes to only the store knows, but that it ends at a stream is written there.
  while ("inside" in end) end = end.inside("");
  if (end.kind === "stream") return true;
  const set = end.kind === "set" ? end.set : end.kind === "related" ? end.navigation.target() : undefined;
  return set?.streams.has("$value") === true;
}
