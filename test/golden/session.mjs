/** One process for all commands of a transcript: loading the command line anew for each takes longer than most of them do. */
import { text } from "node:stream/consumers";

const [, , program] = process.argv;
const { runCommandLine } = await import(program);
const commandLines = JSON.parse(await text(process.stdin));
const write = process.stdout.write.bind(process.stdout);

const results = [];
for (const args of commandLines) {
  const result = { out: "", err: "", exitCode: 0 };
  process.stdout.write = collect((chunk) => (result.out += chunk));
  process.stderr.write = collect((chunk) => (result.err += chunk));
  result.exitCode = await runCommandLine(args);
  results.push(result);
}
write(JSON.stringify(results), () => process.exit());

function collect(take) {
  return (chunk) => {
    take(Buffer.from(chunk).toString("utf8"));
    return true;
  };
}
