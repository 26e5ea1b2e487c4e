/** Structured logs with pino, on standard error: one JSON object a line, the wide event of each action among them. */
import { type Logger, pino } from "pino";
import type { Telemetry } from "../../ports/index.ts";

export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug"] as const;

export type LogLevel = (typeof logLevels)[number];

/** Written before the process goes on, so that the last line before a crash is there. */
export function processLogger(level: LogLevel): Logger {
  const redact = { paths: ["req.headers.authorization", "authorization", "secret"], censor: "[redacted]" };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** Each handled action as one line of level `info`; nothing is made of it where that level is off. */
export function loggingTelemetry(logger: Logger): Telemetry {
  if (!logger.isLevelEnabled("info")) return {};
  return {
    handled: ({ name, tags, attributes, measurements, startedAt }) => {
      logger.info({ event: name, tags, attributes, measurements, startedAt }, name);
    },
  };
}
