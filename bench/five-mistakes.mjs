/** Prints how many ms the first check of a wrong spec takes in this process: a user's, after start-up. */
import { compile, printDiagnostics } from "../dist/compiler/index.js";

const spec = `[automaton]
name = "Ticket"
states = ["Open", "Closed"]
initial = "Opened"
allow_indefinite_states = ["Open", "Closed"]

[[state]]
name = "replies"
type = "conter"

[[action]]
name = "Close"
kind = "input"
form = "Open"
to = "Closed"
guard = "replys > 0 &&"
effect = "replies += 'one'"
`;

const startedAt = performance.now();
const { diagnostics, texts } = compile({
  name: "spec",
  files: [{ path: "ticket.ioa.toml", bytes: Buffer.from(spec) }],
});
printDiagnostics(diagnostics, texts, { color: false });
const ms = performance.now() - startedAt;
if (diagnostics.length !== 5) throw new Error(`${diagnostics.length} diagnostics for five mistakes`);
console.log(ms);
