/** A workshop that asks of the world what a storm can disturb: triggers, webhooks with call-backs, and timers. */
import { fillTrigger, postTrigger, workshop } from "./workshop.ts";

const posts = postTrigger({ url: "https://partner.example/", onSuccess: "Delivered", onFailure: "NotDelivered" });

export const stormy = workshop({
  triggers: [
    fillTrigger(),
    fillTrigger({}, { name: "fill again", action: "Start" }),
    fillTrigger({}, { name: "fill at noon", action: "Snooze" }),
    { ...posts, action: "Beat" },
  ],
  timeouts: [{ status: "Running", afterSeconds: 3, action: "Nag", occurrencesMax: 2, resetOn: ["Beat"], params: {} }],
});
