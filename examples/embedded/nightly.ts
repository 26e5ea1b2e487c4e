/** The nightly job: `node dist/nightly.js ID` places alice's standing order under that id. There is no server in this process. */
import { openShop } from "./shop.js";
import { placeStandingOrder } from "./standing-order.js";

const { SHOP_STORE: storePath = "shop.db" } = process.env;
const [id] = process.argv.slice(2);
if (id === undefined) throw new Error("the id of the order to place");

const { service, close } = await openShop(storePath);
const standing = { id, customer: "alice", address: "a-1", products: ["coffee", "milk"] };
console.log(JSON.stringify(await placeStandingOrder(service, standing)));
await close();
