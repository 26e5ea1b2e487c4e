/** One process for all transcripts: loading the command line anew for each takes longer than most commands do. */
const [, , program] = process.argv;
const { runCommandLine } = await import(program);

process.on("message", async ({ folder, commandLines }) => {
  process.chdir(folder);
  process.env.HOME = folder;
  const results = [];
  for (const args of commandLines) {
    const result = { out: "", err: "", exitCode: 0 };
    process.stdout.write = collect((chunk) => (result.out += chunk));
    process.stderr.write = collect((chunk) => (result.err += chunk));
    result.exitCode = await runCommandLine(args);
    results.push(result);
  }
  process.send(results);
});

function collect(take) {
  return (chunk) => {
    take(Buffer.from(chunk).toString("utf8"));
    return true;
  };
}
