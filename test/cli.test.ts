/** The command line on bad input: each gets a sentence, what to do, and an exit code; nothing is half done. */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./live/command.ts";
import { freshFolder, root, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const at = (name: string): string => join(folder.path, name);
const soundSpec = readFileSync(join(root, "examples/readers-writers/readers-writers.ioa.toml"), "utf8");

/** What the searches find is enough here: few random runs beside them. */
const few = ["seeds=1", "cases=1"].flatMap((limit) => ["--limit", limit]);

/** A folder with these files. */
function spec(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(at(name), path, ".."), { recursive: true });
    writeFileSync(join(at(name), path), text);
  }
  return at(name);
}

beforeAll(() => {
  writeFileSync(at("file"), "");
  mkdirSync(at("empty"));
  spec("notes", { "README.md": "no spec here" });
  spec("sound", { "a.ioa.toml": soundSpec });
  cpSync(join(root, "examples/ecommerce"), at("shop"), { recursive: true });
});

afterAll(() => folder.remove());

describe("a folder that holds no spec", () => {
  const cases: readonly [string, () => string, RegExp, RegExp][] = [
    ["a missing folder", () => at("missing"), /there is no folder .*missing/, /check the path/],
    ["a file", () => at("file"), /is not a folder/, /name the folder/],
    ["a folder without a spec", () => at("notes"), /there is no spec in/, /\*\.ioa\.toml/],
    ["an empty folder", () => at("empty"), /there is no spec in/, /name a folder that holds a spec/],
  ];

  test.each(cases)("%s is refused with exit code 2 and says what to do", async (_name, path, message, hint) => {
    const { exitCode, out, err } = await command(["check", path()]);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err).toMatch(hint);
  });
});

describe("a file that cannot be understood", () => {
  const large = `# ${"x".repeat(5_000_000)}\n${soundSpec}`;
  const cases: readonly [string, Readonly<Record<string, string>>, string][] = [
    ["malformed TOML", { "a.ioa.toml": '[automaton\nname = "A"' }, "a.ioa.toml:1:11"],
    ["malformed XML", { "a.ioa.toml": soundSpec, "a.csdl.xml": "<Edmx>\n</Schema>" }, "a.csdl.xml:2"],
    [
      "XML with an entity",
      { "a.ioa.toml": soundSpec, "a.csdl.xml": '<!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>' },
      "a.csdl.xml:1",
    ],
    ["malformed Cedar", { "a.ioa.toml": soundSpec, "a.cedar": "permit (principal" }, "a.cedar:1"],
    ["a file of 5 MB", { "a.ioa.toml": large }, "a.ioa.toml"],
  ];

  test.each(cases)("%s: the place is told, and the exit code is 2", async (name, files, place) => {
    const folderName = name.replaceAll(" ", "-");
    spec(folderName, files);
    const { exitCode, out, err } = await command(["check", at(folderName)]);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(`${folderName}/${place}`);
    expect(err).toMatch(/error\[parse\//);
  });

  test("--json puts the same on standard output, and nothing on standard error", async () => {
    const cwd = spec("json", { "a.ioa.toml": '[automaton\nname = "A"' });
    const { exitCode, out, err } = await temperc(["check", ".", "--json"], { cwd });
    expect([exitCode, err]).toEqual([2, ""]);
    expect(JSON.parse(out)).toMatchObject({ ok: false, diagnostics: [{ file: "a.ioa.toml", line: 1, column: 11 }] });
  });
});

describe("verify", () => {
  const broken = (): string => {
    const order = readFileSync(join(root, "examples/ecommerce/order.ioa.toml"), "utf8");
    return spec("broken", { "order.ioa.toml": order.replace('guard = "PickedCount < ItemCount"\n', "") });
  };

  test("exits 1 with the shortest trace where an invariant is violated, and build writes nothing", async () => {
    const verified = await command(["verify", broken(), ...few]);
    expect([verified.exitCode, verified.out]).toEqual([
      1,
      expect.stringMatching(/NeverPickMoreThanOrdered[\s\S]*PickItem/),
    ]);
    const built = await command(["build", broken(), "-o", at("refused-out"), ...few]);
    expect([built.exitCode, built.err]).toEqual([1, expect.stringContaining("NeverPickMoreThanOrdered")]);
    expect(existsSync(at("refused-out"))).toBe(false);
  });

  test("build says of a place that it may not replace before it verifies", async () => {
    const { exitCode, err } = await command(["build", broken(), "-o", at("notes")]);
    expect([exitCode, err]).toEqual([2, expect.stringContaining("was not written by temperc build")]);
  });

  test("serve refuses it with the trace too, and makes no store", async () => {
    const { exitCode, err } = await temperc([
      "serve",
      "--specs-dir",
      broken(),
      "--port",
      "0",
      "--store",
      at("refused.db"),
      ...few,
    ]);
    expect([exitCode, err]).toEqual([1, expect.stringContaining("NeverPickMoreThanOrdered")]);
    expect(existsSync(at("refused.db"))).toBe(false);
  });

  test("exits 3 where a limit keeps it from deciding; --allow-unknown takes that", async () => {
    const limits = [...few, "--limit", "statesMax=2", "--limit", "proofMs=300"];
    const args = ["verify", at("sound"), ...limits];
    const { exitCode, out } = await command(args);
    expect([exitCode, out]).toEqual([3, expect.stringContaining("UNKNOWN")]);
    expect((await command([...args, "--allow-unknown"])).exitCode).toBe(0);
    const build = ["build", at("sound"), "-o", at("unknown-out"), ...limits];
    expect((await command(build)).exitCode).toBe(3);
    expect(existsSync(at("unknown-out"))).toBe(false);
  });
});

test("a bound on a variable that there is not exits 2 and names those that there are", async () => {
  const { exitCode, err } = await command(["verify", at("sound"), "--bound", "reader=3"]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("Document.readers")]);
});

describe("usage", () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["frobnicate"], /unknown command/],
    [["check"], /missing required argument/],
    [["check", ".", "--frob"], /unknown option/],
    [["build", "."], /required option '-o, --out/],
    [["serve", "--specs-dir", ".", "--port", "70000"], /0 to 65535/],
    [["verify", ".", "--bound", "x"], /a name and a whole number/],
    [["keys", "list"], /--store PLACE or --server URL/],
  ];

  test.each(cases)("%j exits 2 and says what is wrong", async (args, message) => {
    const { exitCode, err } = await command(args);
    expect([exitCode, err]).toEqual([2, expect.stringMatching(message)]);
  });

  test.each([[], ["check"], ["verify"], ["build"], ["serve"], ["dev"], ["keys"], ["keys", "create"]])(
    "%j --help has an example and exits 0",
    async (...names) => {
      const { exitCode, out } = await command([...names.flat(), "--help"]);
      expect([exitCode, out]).toEqual([0, expect.stringMatching(/Example:\n {2}\$ temperc /)]);
    },
  );

  test("colour is off where nobody looks, and on by --color", async () => {
    const coloured = "\u001b[31m";
    expect((await command(["check", at("missing")])).err).not.toContain(coloured);
    expect((await command(["check", at("missing"), "--color"])).err).toContain(coloured);
  });
});

test("build refuses a read-only place with exit code 1, and leaves nothing behind", async () => {
  mkdirSync(at("locked"));
  chmodSync(at("locked"), 0o555);
  chmodSync(folder.path, 0o755);
  // Root may write anywhere, so there the command runs as nobody.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const args = ["build", at("sound"), "-o", at("locked/out"), ...few];
  const { exitCode, err } = await temperc(args, { cwd: "/tmp", ...nobody });
  expect([exitCode, err]).toEqual([1, expect.stringContaining("permission denied (EACCES)")]);
  expect(readdirSync(at("locked"))).toEqual([]);
});

describe("serve", () => {
  const serve = (...more: readonly string[]) => temperc(["serve", "--specs-dir", at("sound"), ...few, ...more]);

  test("on a port in use exits 1 and names the port", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { exitCode, err } = await serve("--port", `${port}`, "--store", at("busy.db"));
    other.close();
    expect([exitCode, err]).toEqual([1, expect.stringContaining(`port ${port} on 127.0.0.1 is in use`)]);
  });

  test("of a spec with a secret that is not set exits 1 and names the variable", async () => {
    const webhook = [
      ...["[[webhook]]", 'name = "back"', 'path = "/back/{id}"', 'action = "StartReading"'],
      ...['entity_lookup = "path_param"', 'entity_param = "id"', 'hmac_secret = "bank-key"', 'hmac_header = "X-Sign"'],
    ];
    const signed = spec("signed", { "a.ioa.toml": `${soundSpec}\n${webhook.join("\n")}\n` });
    const { exitCode, err } = await temperc([
      "serve",
      "--specs-dir",
      signed,
      "--port",
      "0",
      "--store",
      at("s.db"),
      ...few,
    ]);
    expect([exitCode, err]).toEqual([1, expect.stringContaining("the secret bank-key is not set")]);
    expect(err).toContain("hint: set TEMPERC_SECRET_BANK_KEY in the environment");
  });

  test("on a store that is no database exits 1 and says so", async () => {
    writeFileSync(at("text.db"), "this is no database ".repeat(500));
    const { exitCode, err } = await serve("--port", "0", "--store", at("text.db"));
    expect([exitCode, err]).toEqual([1, expect.stringContaining("cannot use the store")]);
    expect(readFileSync(at("text.db"), "utf8")).toContain("this is no database");
  });

  test("with a principal that is none exits 2", async () => {
    const { exitCode, err } = await serve("--insecure-dev-principal", "alice");
    expect([exitCode, err]).toEqual([2, expect.stringContaining('Customer::"alice"')]);
  });
});
