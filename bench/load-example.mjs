/** An example, compiled, emitted and loaded by the built toolchain, as the live kernel loads it. */
import { readdirSync, readFileSync } from "node:fs";
