/** What clients get wrong, and the answer to each: status, code and target, in OData's error body; nothing is changed by it. */
import type { InjectOptions } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

let served: ServedParcels;

beforeAll(async () => {
  served = await serveParcels({ limits: { bodyBytesMax: 2_000, urlLengthMax: 1_000 } });
  const { statusCode } = await inject("POST /tdata/Parcels", '{"Id":"p","Owner":"alice","Tags":[]}');
  expect(statusCode).toBe(201);
});

afterAll(() => served.close());

function inject(line: string, payload?: string | Buffer, headers: Record<string, string> = {}) {
  const [method = "GET", url = ""] = line.split(/ (.*)/s);
  const options: InjectOptions = {
    // Whatever the table says is sent, methods that HTTP does not know among them.
    method: method as "GET",
    url,
    headers: {
      authorization: `Bearer ${served.keys.alice}`,
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  };
  return served.app.inject(payload === undefined ? options : { ...options, payload });
}

type Row = [line: string, status: number, code: string, target?: string];

describe("a URL", () => {
  test.each<Row>([
    ["GET /tdata/Nothing", 404, "NotFound"],
    ["GET /tdata/Parcels('none')", 404, "NotFound"],
    ["GET /tdata/Parcels('')", 404, "NotFound"],
    ["GET /tdata/Parcels('p", 400, "InvalidParameter", "Id"],
    ["GET /tdata/Parcels(p)", 400, "InvalidParameter", "Id"],
    ["GET /tdata/Parcels(Nom='p')", 400, "InvalidParameter", "Nom"],
    [`GET /tdata/Parcels('${"k".repeat(257)}')`, 400, "InvalidParameter", "Id"],
    [`GET /tdata/Parcels('${"k".repeat(1000)}')`, 414, "UriTooLong"],
    ["GET /tdata/Parcels('%00')", 400, "InvalidRequest"],
    ["GET /tdata/Parcels('%C0%AF')", 400, "InvalidRequest"],
    ["GET /tdata/%zz", 400, "InvalidRequest"],
    ["GET /tdata/Parcels//p", 400, "InvalidRequest"],
    ["GET /tdata/Parcels('p')/Note/Depot", 404, "NotFound"],
    ["GET /tdata/Parcels('p')/Depot/Id", 404, "NotFound"],
    ["GET /tdata/Parcels('p')/Tags/$value", 400, "InvalidRequest"],
    ["GET /tdata/Parcels('p')/Fly", 404, "NotFound"],
    ["POST /tdata/Parcels('p')/Fly", 404, "UnknownAction"],
    ["POST /tdata/Parcels('p')/Recount", 404, "UnknownAction"],
    ["POST /tdata/Parcels('none')/AddItem", 404, "NotFound"],
    ["POST /tdata/$batch", 400, "InvalidRequest"],
    ["GET /tdata/$metadata/x", 404, "NotFound"],
    ["GET /tdata/$metadata?$format=yaml", 406, "NotAcceptable", "$format"],
    ["GET /tdata/?$format=xml", 406, "NotAcceptable", "$format"],
    ["GET /tdata/Quote(Items=1)", 400, "InvalidParameter", "Country"],
    ["GET /tdata/Quote(Country=1)", 400, "InvalidParameter", "Country"],
    ["GET /tdata/Quote(Country='DE',Items=1.5)", 400, "InvalidParameter", "Items"],
    ["GET /tdata/Quote(Country='DE',Weight=1)", 400, "InvalidParameter", "Weight"],
    ["GET /tdata/Quote(Country='DE',Country='FR')", 400, "InvalidParameter", "Country"],
    ["GET /tdata/Quote(Country='DE',)", 400, "InvalidRequest"],
    [`GET /tdata/Quote(Country=${"'".repeat(501)})`, 400, "InvalidRequest"],
    ["GET /tdata/Quote(Country='a'b)", 400, "InvalidRequest"],
    ["GET /tdata/Quote(Country=@c)", 400, "InvalidParameter", "Country"],
    ["GET /tdata/Quote(Country='DE')?Weight=1", 400, "InvalidRequest", "Weight"],
    ["GET /tdata/Quote(Country='DE')/x", 501, "NotImplemented"],
    ["GET /tdata/Unwritten", 501, "NotImplemented", "Unwritten"],
    ["GET /tdata/Broken", 500, "InternalError"],
  ])("%s: %i %s %s", async (line, status, code, target) => {
    const reply = await inject(line);
    expect([reply.statusCode, reply.json().error.code, reply.json().error.target]).toEqual([status, code, target]);
  });
});

describe("a method", () => {
  test.each([
    ["DELETE /tdata/Parcels", "GET, HEAD, POST, PATCH"],
    ["PUT /tdata/Parcels", "GET, HEAD, POST, PATCH"],
    ["POST /tdata/Parcels('p')", "GET, HEAD, PATCH, PUT, DELETE"],
    ["OPTIONS /tdata/Parcels('p')", "GET, HEAD, PATCH, PUT, DELETE"],
    ["GET /tdata/Parcels('p')/Pack", "POST"],
    ["POST /tdata/$metadata", "GET, HEAD"],
    ["POST /tdata", "GET, HEAD"],
    ["POST /tdata/Parcels/$count", "GET, HEAD"],
    ["POST /tdata/Quote(Country='DE')", "GET, HEAD"],
  ])("%s is 405 with Allow: %s", async (line, allow) => {
    const reply = await inject(line);
    expect([reply.statusCode, reply.json().error.code, reply.headers.allow]).toEqual([405, "MethodNotAllowed", allow]);
  });

  test("that no route knows is refused in the same shape", async () => {
    const reply = await inject("TRACE /tdata/Parcels");
    expect([reply.statusCode, reply.json().error.code]).toEqual([405, "MethodNotAllowed"]);
  });
});

describe("a query option", () => {
  test.each<Row>([
    ["$top=x", 400, "InvalidParameter", "$top"],
    ["$top=-1", 400, "InvalidParameter", "$top"],
    ["$top=1.5", 400, "InvalidParameter", "$top"],
    ["$top=99999999999999999999", 400, "InvalidParameter", "$top"],
    ["$skip=1000001", 400, "InvalidParameter", "$skip"],
    ["$count=maybe", 400, "InvalidParameter", "$count"],
    ["$orderby=Nom", 400, "InvalidParameter", "$orderby"],
    ["$orderby=Id sideways", 400, "InvalidParameter", "$orderby"],
    ["$orderby=Tags", 400, "InvalidParameter", "$orderby"],
    ["$orderby=", 400, "InvalidParameter", "$orderby"],
    ["$orderby=Id,", 400, "InvalidParameter", "$orderby"],
    ["$orderby=Id desc asc", 400, "InvalidParameter", "$orderby"],
    ["$orderby=length(Items)", 400, "InvalidParameter", "$orderby"],
    ["$orderby=Depot", 400, "InvalidParameter", "$orderby"],
    ["$orderby=geo.length(Note)", 501, "NotImplemented", "$orderby"],
    ["$orderby=Id,Owner,Note,Price,Due,Fragile,Status,Items,Label", 400, "InvalidParameter", "$orderby"],
    ["$select=Nom", 400, "InvalidParameter", "$select"],
    ["$select=Id,", 400, "InvalidParameter", "$select"],
    ["$select=Note/x", 400, "InvalidParameter", "$select"],
    ["$select=Note($top=1)", 400, "InvalidParameter", "$select"],
    ["$select=Tags($filter=$this gt 1)", 400, "InvalidParameter", "$select"],
    ["$select=Tags($filter=Note eq 'x')", 400, "InvalidParameter", "$select"],
    ["$select=Tags($filter=$it/Note eq 'x')", 501, "NotImplemented", "$select"],
    ["$select=Tags($compute=x as y)", 501, "NotImplemented", "$select"],
    ["$filter=$this eq 'x'", 400, "InvalidParameter", "$filter"],
    ["$filter=", 400, "InvalidParameter", "$filter"],
    ["$filter=Price gt 'x'", 400, "InvalidParameter", "$filter"],
    ["$filter=cast(Price,Edm.String) eq 'x'", 501, "NotImplemented", "$filter"],
    ["$filter=cast('x',Edm.Int32) eq Items", 400, "InvalidParameter", "$filter"],
    ["$filter=Items has Parcels.ParcelStatus'Open'", 400, "InvalidParameter", "$filter"],
    ["$filter=isof(Items,Parcels.Depot)", 501, "NotImplemented", "$filter"],
    ["$filter=geo.length(Note) gt 1", 501, "NotImplemented", "$filter"],
    ["$filter=Id eq 'a'&filter=Id eq 'b'", 400, "InvalidRequest", "filter"],
    ["$skiptoken=abc", 400, "InvalidParameter", "$skiptoken"],
    ["$skiptoken=!", 400, "InvalidParameter", "$skiptoken"],
    [`$skiptoken=${Buffer.from("[1]").toString("base64url")}`, 400, "InvalidParameter", "$skiptoken"],
    [`$skiptoken=${Buffer.from('["a","b"]').toString("base64url")}`, 400, "InvalidParameter", "$skiptoken"],
    ["$expand=Depots", 400, "InvalidParameter", "$expand"],
    ["$expand=Depot,Depot", 400, "InvalidParameter", "$expand"],
    ["$expand=Depot(", 400, "InvalidParameter", "$expand"],
    ["$expand=Depot($top=1)", 400, "InvalidParameter", "$expand"],
    ["$expand=Depot($levels=9)", 400, "InvalidParameter", "$levels"],
    ["$expand=Depot($search=x)", 400, "InvalidParameter", "$expand"],
    ["$expand=Depot($apply=identity)", 501, "NotImplemented", "$expand"],
    ["Expand=Note", 400, "InvalidParameter", "$expand"],
    ["$apply=aggregate($count as N)/top(1)", 501, "NotImplemented", "$apply"],
    ["$apply=concat(identity,identity)", 501, "NotImplemented", "$apply"],
    ["$apply=groupby((rollup($all,Owner)))", 501, "NotImplemented", "$apply"],
    ["$apply=groupby((Owner),top(1))", 501, "NotImplemented", "$apply"],
    ["$apply=groupby((Nope))", 400, "InvalidParameter", "$apply"],
    ["$apply=groupby((Owner,Owner))", 400, "InvalidParameter", "$apply"],
    ["$apply=groupby((Owner),aggregate($count as Owner))", 400, "InvalidParameter", "$apply"],
    ["$apply=aggregate(Owner with sum as S)", 400, "InvalidParameter", "$apply"],
    ["$apply=aggregate(Status with max as S)", 501, "NotImplemented", "$apply"],
    ["$apply=aggregate(Price with Custom.median as S)", 501, "NotImplemented", "$apply"],
    ["$apply=filter(Nope eq 1)", 400, "InvalidParameter", "$apply"],
    ["$apply=aggregate($count as N)&$filter=Owner eq 'x'", 400, "InvalidParameter", "$filter"],
    ["$apply=aggregate($count as N)&$expand=Depot", 501, "NotImplemented", "$expand"],
    ["$apply=aggregate($count as N)&$orderby=N add 1", 501, "NotImplemented", "$orderby"],
    ["$apply=groupby(", 400, "InvalidParameter", "$apply"],
    ["$search=", 400, "InvalidParameter", "$search"],
    ['$search="a', 400, "InvalidParameter", "$search"],
    ["$compute=Items add as N", 400, "InvalidParameter", "$compute"],
    ["$compute=Items add 1 as Items", 400, "InvalidParameter", "$compute"],
    ["$compute=Items as N,Items as N", 400, "InvalidParameter", "$compute"],
    ["$compute=Nope as N", 400, "InvalidParameter", "$compute"],
    ["$compute=isof(Note,Parcels.Depot) as N", 501, "NotImplemented", "$compute"],
    [`$compute=${"abcdefghi".replace(/./g, "Items as $&,")}Items as z`, 400, "InvalidParameter", "$compute"],
    ["$compute=Items as N&$apply=aggregate($count as C)", 501, "NotImplemented", "$compute"],
    ["$deltatoken=1", 400, "InvalidParameter", "$deltatoken"],
    ["$nonsense=1", 400, "InvalidRequest", "$nonsense"],
    ["nonsense=1", 400, "InvalidRequest", "nonsense"],
    ["__proto__=1", 400, "InvalidRequest", "__proto__"],
    ["$filter=%ff", 400, "InvalidRequest"],
  ])("%s: %i %s %s", async (query, status, code, target) => {
    const reply = await inject(`GET /tdata/Parcels?${query}`);
    expect([reply.statusCode, reply.json().error.code, reply.json().error.target]).toEqual([status, code, target]);
  });

  test.each([
    "GET /tdata/Parcels('p')?$filter=true",
    "GET /tdata/Parcels('p')?$top=1",
    "GET /tdata/?$select=Id",
    "GET /tdata/$metadata?$top=1",
    "GET /tdata/Parcels/$count?$top=1",
    "POST /tdata/Parcels('p')/AddItem?$filter=true",
    "DELETE /tdata/Parcels('p')?$select=Id",
  ])("that does not apply is refused: %s", async (line) => {
    const reply = await inject(line);
    expect([reply.statusCode, reply.json().error.code]).toEqual([400, "InvalidRequest"]);
  });
});

describe("a body", () => {
  test.each<[body: string, status: number, code: string, target?: string]>([
    ["", 400, "InvalidRequest"],
    ["{", 400, "InvalidRequest"],
    ["[]", 400, "InvalidRequest"],
    ["null", 400, "InvalidRequest"],
    ['{"Id":"a","Id":"b","Owner":"alice"}', 400, "InvalidRequest"],
    ['{"__proto__":{"Owner":"alice"}}', 400, "InvalidRequest"],
    [`${"[".repeat(40)}${"]".repeat(40)}`, 400, "InvalidRequest"],
    ['{"Owner":"alice","Tags":[]}', 400, "InvalidParameter", "Id"],
    ['{"Id":"x","Tags":[]}', 400, "InvalidParameter", "Owner"],
    ['{"Id":null,"Owner":"alice"}', 400, "InvalidParameter", "Id"],
    ['{"Id":"","Owner":"alice"}', 400, "InvalidParameter", "Id"],
    ['{"Id":"a\\u0007","Owner":"alice"}', 400, "InvalidParameter", "Id"],
    [`{"Id":"${"k".repeat(65)}","Owner":"alice"}`, 400, "InvalidParameter", "Id"],
    ['{"Id":1,"Owner":"alice"}', 400, "InvalidParameter", "Id"],
    ['{"Id":"x","Owner":"a name of more than twenty"}', 400, "InvalidParameter", "Owner"],
    ['{"Id":"x","Owner":"alice","Nom":1}', 400, "InvalidParameter", "Nom"],
    ['{"Id":"x","Owner":"alice","toString":1}', 400, "InvalidParameter", "toString"],
    ['{"Id":"x","Owner":"alice","Status":"Sent"}', 400, "InvalidParameter", "Status"],
    ['{"Id":"x","Owner":"alice","Items":5}', 400, "InvalidParameter", "Items"],
    ['{"Id":"x","Owner":"alice","Price":1.255}', 400, "InvalidParameter", "Price"],
    ['{"Id":"x","Owner":"alice","Price":"1"}', 400, "InvalidParameter", "Price"],
    ['{"Id":"x","Owner":"alice","Due":"tomorrow"}', 400, "InvalidParameter", "Due"],
    ['{"Id":"x","Owner":"alice","Fragile":null}', 400, "InvalidParameter", "Fragile"],
    ['{"Id":"x","Owner":"alice","Tags":"a"}', 400, "InvalidParameter", "Tags"],
    ['{"Id":"x","Owner":"alice","Depot":{}}', 400, "InvalidParameter", "Id"],
    ['{"Id":"x","Owner":"alice","Depot":[]}', 400, "InvalidParameter", "Depot"],
    [
      '{"Id":"x","Owner":"alice","Depot@odata.type":"#Parcels.Depot","Depot@odata.etag":1}',
      400,
      "InvalidParameter",
      "Depot@odata.etag",
    ],
    ['{"Id":"x","Owner":"alice","Depot@odata.bind":"Depots(1)"}', 400, "InvalidParameter", "Depot"],
    ['{"Id":"x","Owner":"bob","Tags":[]}', 403, "AuthorizationDenied"],
    ['{"Id":"x","Owner":"alice","Note":"forbidden","Tags":[]}', 409, "InvariantViolated"],
    [JSON.stringify({ Id: "x", Owner: "alice", Note: "n".repeat(2_000) }), 413, "PayloadTooLarge"],
  ])("of a create, %s: %i %s %s", async (body, status, code, target) => {
    const reply = await inject("POST /tdata/Parcels", body);
    expect([reply.statusCode, reply.json().error.code, reply.json().error.target]).toEqual([status, code, target]);
  });

  test.each<[body: string, status: number, target?: string | undefined]>([
    ['{"Status":"Sent"}', 400, "Status"],
    ['{"Items":1}', 400, "Items"],
    ['{"Id":"q"}', 400, "Id"],
    ['{"Owner":null}', 400, "Owner"],
    ['{"Nom":1}', 400, "Nom"],
    ["[]", 400, undefined],
    ["", 400, undefined],
  ])("of a PATCH, %s: %i %s", async (body, status, target) => {
    const reply = await inject("PATCH /tdata/Parcels('p')", body);
    expect([reply.statusCode, reply.json().error.target]).toEqual([status, target]);
  });

  test.each<[body: string, target?: string | undefined]>([
    ["{}", "Label"],
    ['{"Label":1}', "Label"],
    ['{"Label":null}', "Label"],
    ['{"Label":"x","More":1}', "More"],
    ['{"Label":"x","Items":1}', "Items"],
    ['"x"', undefined],
  ])("of an action, %s: 400 %s", async (body, target) => {
    const reply = await inject("POST /tdata/Parcels('p')/Send", body);
    expect([reply.statusCode, reply.json().error.target]).toEqual([400, target]);
  });

  test.each([
    ["text/plain", "{}"],
    ["application/xml", "<a/>"],
    ["application/x-www-form-urlencoded", "a=1"],
    ["multipart/form-data; boundary=x", "--x--"],
    ["application/json; charset=latin1", "{}"],
    ["nonsense", "{}"],
  ])("of type %s is not taken", async (type, body) => {
    const reply = await inject("POST /tdata/Parcels", body, { "content-type": type });
    expect([reply.statusCode, reply.json().error.code]).toEqual([415, "UnsupportedMediaType"]);
  });

  test("that is no UTF-8 is refused", async () => {
    const body = Buffer.concat([Buffer.from('{"Id":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect((await inject("POST /tdata/Parcels", body)).json().error.message).toBe("the body is not UTF-8");
  });
});

describe("a header", () => {
  test.each<[name: string, value: string, status: number, code: string]>([
    ["authorization", "", 401, "Unauthenticated"],
    ["authorization", "Bearer nonsense", 401, "Unauthenticated"],
    ["authorization", "Basic YTpi", 401, "Unauthenticated"],
    ["x-tenant-id", "other", 403, "AuthorizationDenied"],
    ["odata-version", "3.0", 400, "InvalidRequest"],
    ["odata-maxversion", "3.0", 400, "InvalidRequest"],
    ["odata-maxversion", "x", 400, "InvalidRequest"],
    ["accept", "text/html", 406, "NotAcceptable"],
    ["accept", "application/json;q=0, */*", 406, "NotAcceptable"],
    ["content-encoding", "gzip", 415, "UnsupportedMediaType"],
    ["if-match", "seven", 400, "InvalidRequest"],
    ["if-match", '"1" "2"', 400, "InvalidRequest"],
    ["if-none-match", "W/7", 400, "InvalidRequest"],
  ])("%s: %s is %i %s", async (name, value, status, code) => {
    const reply = await inject("GET /tdata/Parcels('p')", undefined, { [name]: value });
    expect([reply.statusCode, reply.json().error.code]).toEqual([status, code]);
    expect(reply.headers["www-authenticate"]).toBe(status === 401 ? 'Bearer realm="temperc"' : undefined);
  });

  test.each(["", "k".repeat(256), "clé"])("Idempotency-Key %j is refused", async (key) => {
    const reply = await inject("POST /tdata/Parcels('p')/AddItem", "{}", { "idempotency-key": key });
    expect([reply.statusCode, reply.json().error.target]).toEqual([400, "Idempotency-Key"]);
  });

  test("Accept: application/problem+json gives errors as RFC 9457 has them", async () => {
    const reply = await inject("POST /tdata/Parcels('p')/Pack", "{}", { accept: "application/problem+json" });
    expect(reply.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(reply.json()).toMatchObject({
      type: "urn:temperc:error:GuardFailed",
      title: "GuardFailed",
      status: 409,
      detail: expect.stringContaining("Items > 0"),
      possible: ["AddItem", "Pack"],
    });
  });

  test("a Host that is no host name is not repeated", async () => {
    const reply = await inject("GET /tdata", undefined, { host: 'evil"/><script>' });
    expect(reply.json()["@odata.context"]).toBe("/tdata/$metadata");
  });
});

test("a number of a thousand thousand digits costs no time", async () => {
  const other = await serveParcels();
  const payload = `{"Id":"x","Owner":"alice","Tags":[],"Price":0.${"0".repeat(1_000_000)}1}`;
  const headers = { authorization: `Bearer ${other.keys.alice}`, "content-type": "application/json" };
  const startedAt = performance.now();
  const reply = await other.app.inject({ method: "POST", url: "/tdata/Parcels", headers, payload });
  expect([reply.statusCode, reply.json().error.target]).toEqual([400, "Price"]);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await other.close();
});

test("an error of our own is logged and shows nothing of itself", async () => {
  const lines: string[] = [];
  const other = await serveParcels({ logger: pino({}, { write: (line: string) => lines.push(line) }) });
  const reply = await other.app.inject({
    url: "/tdata/Broken",
    headers: { authorization: `Bearer ${other.keys.bob}` },
  });
  await other.close();
  expect([reply.statusCode, reply.body.includes("secret")]).toEqual([500, false]);
  expect(lines.join("")).toContain("the secret of the broken function");
});

test("after all of this the parcel is as it was", async () => {
  const reply = await inject("GET /tdata/Parcels('p')");
  expect(reply.json()).toMatchObject({ Status: "Open", Items: 0, "@odata.etag": 'W/"1"' });
  expect((await inject("GET /tdata/Parcels/$count")).body).toBe("1");
});
