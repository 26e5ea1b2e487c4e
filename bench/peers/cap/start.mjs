/** The shop in SAP CAP, on the database that CDS_CONFIG names, as `cds-serve` has it: says where it listens. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const cds = require("@sap/cds");
const serve = require("@sap/cds/bin/serve.js");
cds.once("listening", ({ server }) => {
  // As Fastify has it: nobody loses a connection that was idle for a moment.
  server.keepAliveTimeout = 72_000;
  console.log(JSON.stringify({ port: server.address().port }));
});
serve.exec("all", "--port", "0");
