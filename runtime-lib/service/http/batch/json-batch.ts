/** Reads and writes batches as JSON (OData JSON format 4.01, section 19). */
import { named } from "../../../kernel/index.ts";
import type { Failed } from "../../call.ts";
import { failed, isFailed } from "../../odata/failure.ts";
import { isJsonObject, type Json, type JsonObject, jsonText, parseJson } from "../../odata/json.ts";
import { shown } from "../../odata/literals.ts";
import type { RequestHeaders } from "../exchange.ts";
import { headersOf } from "../outgoing.ts";
import type { BatchItem, BatchLimits, BatchRequest } from "./batch-request.ts";
import { type BatchReply, tooMany } from "./multipart.ts";

function wrong(place: string, what: string): Failed {
  return failed("InvalidRequest", `${place}: ${what}`, place);
}

/** Arrays and objects of the batch itself around a body in it. */
const depthAround = 4;

/** The items of a JSON batch, or what is wrong and in which request. */
export function readJsonBatch(body: Buffer, limits: BatchLimits): readonly BatchItem[] | Failed {
  const json = parseJson(body.toString("utf8"), { bodyDepthMax: limits.bodyDepthMax + depthAround });
  if (isFailed(json)) return json;
  const requests = isJsonObject(json) ? json.get("requests") : undefined;
  if (!isJsonObject(json) || !Array.isArray(requests)) {
    return failed("InvalidRequest", 'the body is not {"requests": […]}', "requests");
  }
  const other = [...json.keys()].find((name) => name !== "requests" && !name.startsWith("@"));
  if (other !== undefined) return wrong(shown(other), "a batch has nothing but requests");
  if (requests.length > limits.batchRequestsMax) return tooMany(limits);
  return itemsOf(requests);
}

function itemsOf(requests: readonly Json[]): readonly BatchItem[] | Failed {
  const known = new Set<string>();
  const items: BatchItem[] = [];
  for (const [index, json] of requests.entries()) {
    const request = requestOf(json, `requests[${index}]`, known);
    if (isFailed(request)) return request;
    const { group, ...own } = request;
    if (own.id !== undefined) known.add(own.id);
    const last = items.at(-1);
    if (group === undefined) items.push({ kind: "single", request: own });
    else if (last?.kind === "group" && last.name === group) {
      items[items.length - 1] = { ...last, requests: [...last.requests, own] };
    } else {
      if (known.has(group))
        return wrong(own.place, `the requests of ${shown(group)} do not stand together, or its name is taken`);
      known.add(group);
      items.push({ kind: "group", name: group, requests: [own] });
    }
  }
  return items;
}

const members = new Set(["id", "atomicityGroup", "dependsOn", "method", "url", "headers", "body"]);

function requestOf(
  json: Json,
  place: string,
  known: ReadonlySet<string>,
): (BatchRequest & { readonly group: string | undefined }) | Failed {
  if (!isJsonObject(json)) return wrong(place, "it is not an object");
  const other = [...json.keys()].find((name) => !members.has(name));
  if (other !== undefined) return wrong(place, `a request has no ${shown(other)}`);
  const texts = textsOf(json, place);
  if (isFailed(texts)) return texts;
  const { id, method, url, group } = texts;
  if (known.has(id)) return wrong(place, `the id ${shown(id)} is taken`);
  const dependsOn = dependsOnOf(json.get("dependsOn"), place, known);
  if (isFailed(dependsOn)) return dependsOn;
  const headers = headersIn(json.get("headers"), place);
  if (isFailed(headers)) return headers;
  const body = bodyOf(json.get("body"), String(headers["content-type"] ?? "application/json"), place);
  if (isFailed(body)) return body;
  const given = body === undefined ? headers : { "content-type": "application/json", ...headers };
  return { id, place, method: method.toUpperCase(), url, headers: given, body, dependsOn, group };
}

interface Texts {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly group: string | undefined;
}

function textsOf(json: JsonObject, place: string): Texts | Failed {
  const [id, method, url, group] = ["id", "method", "url", "atomicityGroup"].map((name) => json.get(name));
  if (typeof id !== "string" || !/^[\x21-\x7e]{1,128}$/.test(id))
    return wrong(place, "its id is not a text of 1 to 128 visible characters");
  if (typeof method !== "string" || !/^[A-Za-z]{1,16}$/.test(method))
    return wrong(place, "its method is not the name of one");
  if (typeof url !== "string" || url === "") return wrong(place, "its url is not a text");
  if (group !== undefined && (typeof group !== "string" || group === ""))
    return wrong(place, "its atomicityGroup is not a name");
  return { id, method, url, group };
}

function dependsOnOf(json: Json | undefined, place: string, known: ReadonlySet<string>): readonly string[] | Failed {
  if (json === undefined) return [];
  if (!Array.isArray(json)) return wrong(place, "its dependsOn is not an array");
  const names: string[] = [];
  for (const name of json) {
    if (typeof name !== "string" || !known.has(name)) {
      return wrong(
        place,
        `it depends on ${typeof name === "string" ? shown(name) : "what is no name"}, which does not come before it`,
      );
    }
    names.push(name);
  }
  return names;
}

function headersIn(json: Json | undefined, place: string): RequestHeaders | Failed {
  const headers = named<string>();
  if (json === undefined) return headers;
  if (!isJsonObject(json)) return wrong(place, "its headers are not an object");
  for (const [name, value] of json) {
    const key = name.toLowerCase();
    if (typeof value !== "string" || !/^[!#$%&'*+.^`|~\w-]+$/.test(name) || /[\r\n\0]/.test(value)) {
      return wrong(place, `the header ${shown(name)} is none`);
    }
    if (key in headers) return wrong(place, `the header ${shown(name)} is there twice`);
    headers[key] = value;
  }
  return headers;
}

/** JSON as it is; a text of another type as it is written, and bytes in base64url. */
function bodyOf(json: Json | undefined, contentType: string, place: string): Buffer | undefined | Failed {
  if (json === undefined) return undefined;
  if (/^application\/json\b/i.test(contentType)) return Buffer.from(jsonText(json));
  if (typeof json !== "string")
    return wrong(place, `its body is no text, and its Content-Type is ${shown(contentType)}`);
  return /^text\//i.test(contentType) ? Buffer.from(json) : Buffer.from(json, "base64url");
}

/** The whole body; replies that are JSON stand in it as such. */
export function jsonBatchBody(replies: readonly BatchReply[]): string {
  return `{"responses":[${replies.map(replyText).join(",")}]}`;
}

function replyText({ id, group, reply }: BatchReply): string {
  const own = { ...(id !== undefined && { id }), ...(group !== undefined && { atomicityGroup: group }) };
  const head = JSON.stringify({ ...own, status: reply.status, headers: headersOf(reply) });
  if (reply.body === undefined) return head;
  if (typeof reply.body !== "string") return `${head.slice(0, -1)},"body":"${reply.body.toString("base64url")}"}`;
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(reply.contentType ?? "");
  return `${head.slice(0, -1)},"body":${isJson ? reply.body : JSON.stringify(reply.body)}}`;
}
