/** The web server: `SHOP_SESSION=token node dist/main.js`, with `PORT` and `SHOP_STORE` where the defaults do not fit. */
import { buildApp } from "./app.js";

const { SHOP_SESSION: token, SHOP_STORE: storePath = "shop.db", PORT: port = "3000" } = process.env;
if (token === undefined) throw new Error("SHOP_SESSION: the token with which the customer alice signs in");

const app = await buildApp({ storePath, sessions: new Map([[token, "alice"]]) });
console.log(await app.listen({ host: "127.0.0.1", port: Number(port) }));
process.once("SIGTERM", () => app.close());
