/** What the diagnostics of behaviour files mean: a sentence that says when, and one that says why or what to do. */

import type { automatonCatalogue } from "../catalogue/automaton.ts";

export const automatonMeanings: Readonly<Record<keyof typeof automatonCatalogue, string>> = {
  "parse/no-spec": "The folder holds no behaviour file. `temperc init` makes a small spec to start from.",
  "parse/encoding": "Spec files are UTF-8 text, so that every place in them can be pointed at.",
  "parse/too-large": "A file is larger than the limit. Specs are untrusted input, so everything has one.",
  "parse/toml-syntax": "The file is not TOML 1.0, so nothing in it can be understood.",
  "parse/toml-nesting":
    "Arrays or tables nest deeper than any spec needs. Specs are untrusted input, so everything has a limit.",
  "parse/toml-limit":
    "The file holds more than any spec needs, or one word of it is longer. Specs are untrusted input, so everything has a limit.",
  "parse/unknown-key":
    "The table has no key of this name. It is refused, not skipped: a typo in `guard` must never weaken a spec.",
  "parse/missing-key": "The table lacks a key that it cannot do without.",
  "parse/wrong-type": "The value of a key is not of the type that the key takes.",
  "parse/number-range":
    "The number is too large to be counted exactly by the service, which computes in 64-bit floating point.",
  "parse/legacy-key": "Earlier versions of the language had this key. It is accepted and has no effect: delete it.",
  "parse/unread-setting":
    "Settings of a project may stand in `temperc.toml`, but this version has none that it reads from there, and a setting that is passed over in silence would be believed. Options of the command line do the same.",
  "parse/older-form":
    "The value is written as an earlier version of the language had it. It means the same today; `temperc migrate` rewrites it.",
  "parse/unknown-guard": "A guard in the older table form has a `type` that no version of the language knew.",
  "parse/unknown-effect": "An effect in the older table form has a `type` that no version of the language knew.",
  "parse/expression-syntax": "A condition or an effect does not follow the grammar of expressions.",
  "parse/expression-limit":
    "An expression is longer or deeper than the limit. Specs are untrusted input, so everything has one.",
  "bind/invalid-name":
    "A name becomes an identifier of the generated code and of the service's URLs, and this one cannot.",
  "bind/reserved-name":
    "The name belongs to the runtime, which gives every entity an `Id` and a `Status` of its own, and tells policies the `tenant`, the `session` and more of every call.",
  "bind/duplicate-name": "Two things of one kind have the same name, so a reference to it would be ambiguous.",
  "bind/same-but-for-case":
    "Two names differ by upper and lower case only. Clients and file systems mix such names up.",
  "bind/repeated-variable":
    "A variable is declared twice with the same type and initial value. Nothing changes: delete one.",
  "bind/key-without-effect":
    "A key that the table knows stands in an entry of a kind that it says nothing about, such as `url` in a trigger of another entity. It is passed over: delete it, or give the entry the kind that is meant.",
  "bind/unknown-status":
    "A status is named that `states` does not list. The set of statuses is closed, so it is most likely a typo.",
  "bind/no-statuses": "An automaton is in exactly one status at any time, so it needs at least one.",
  "bind/no-rules": "No input or internal action is declared, so an entity could never change.",
  "bind/unknown-type": "A variable or parameter has a type that the language does not know.",
  "bind/unknown-kind":
    "An action is `input` (taken by callers), `internal` (taken by the entity itself) or `output` (an event).",
  "bind/initial-type": "The initial value of a variable is not a value of its type.",
  "bind/terminal-moves":
    "A terminal status is one that nothing leads out of, and here a rule does. Terminal is proved, not trusted.",
  "bind/output-moves":
    "An output action is an event that other actions emit. It has no guard, effect or status of its own.",
  "bind/param-type-differs": "All rules of one action share its parameters, so a parameter has one type.",
  "bind/param-shadows-variable":
    "A parameter is named like a counter or bool, but those change by effects only. Write the effect, or rename the parameter.",
  "bind/unknown-name": "An expression names a variable that the automaton does not declare.",
  "bind/unknown-param": "An expression names a parameter that the action does not declare in `params`.",
  "bind/param-here":
    "Parameters exist while an action is taken. An invariant is about all time, so it cannot see them.",
  "bind/not-a-bool": "Where a condition is wanted stands a value that is neither true nor false, such as a counter.",
  "bind/incomparable": "The two sides of a comparison are of kinds that are never equal and have no order.",
  "bind/not-a-number": "Arithmetic and order are for numbers.",
  "bind/not-a-list": "`len`, `empty`, `in` and `append` are for lists and sets.",
  "bind/product-of-variables":
    "Multiplication takes a literal on one side, so that expressions stay linear and can be proved.",
  "bind/unknown-automaton": "An expression names an entity type that no behaviour file of the folder describes.",
  "bind/unknown-reference":
    "A reference names the type of what it refers to, and neither a behaviour file nor the contract has such a type.",
  "bind/unknown-field":
    "A table names a field that the entity has neither as a variable nor as a property of its contract.",
  "bind/unknown-placeholder":
    "A webhook's URL, header or body asks for a field that the entity does not have. What is sent has nothing there.",
  "bind/webhook-address":
    "A webhook goes to an http or https URL. To anything else it is never sent: each becomes a dead letter.",
  "bind/unknown-category":
    "A route of `failure_routes` is taken by the name of a failure: `timeout`, `network`, `refused`, `http_404` or `http_4xx`, for any number.",
  "bind/unknown-trigger":
    "An effect asks for a trigger by its name, and the action has no entry that says what the trigger does.",
  "bind/unknown-word": "The key takes one of a few words, and this is none of them.",
  "bind/out-of-range": "The value is outside what the key may be.",
  "bind/pattern":
    "A pattern is matched against what strangers send, so it is kept to forms that take linear time on any input.",
  "bind/sub-write-here":
    "Sub-writes stand or fall with their action in one transaction. Only an action of kind `composite` makes one.",
  "bind/target-action":
    "Another entity is asked for an action that it does not have, or that is an output and so cannot be asked for.",
  "bind/target-param":
    "An action that is asked for is given a parameter that it does not declare, and its entity takes declared ones only.",
  "bind/copied-field":
    "A spawned entity takes over a field by name. Variables change by actions only, so it comes in by its first action.",
  "bind/related-here":
    "Only guards can ask for the status of another entity: it is read when the action is taken. Elsewhere nothing would keep it true.",
  "bind/related-property": "Of another entity a guard can ask for the status only.",
  "bind/two-related":
    "A comparison asks for the status of other entities on both sides. Compare each with a status of its own.",
  "bind/unknown-action": "A timer or a new entity asks for an action that the automaton does not have.",
  "bind/request-arguments": "`schedule`, `schedule_at`, `spawn` or `emit` is called with arguments that do not fit.",
  "bind/implicit-counter-effect":
    "Earlier versions let an action named like AddItem or RemoveItem count every counter up or down. That still works; say it with an effect.",
  "bind/vacuous-invariant":
    "An invariant that is true of everything promises nothing. Say what must hold, or delete it.",
  "bind/unknown-effect": "An effect is an assignment or one of the named effects, and this is neither.",
  "bind/effect-type": "An effect gives a variable a value that its type cannot hold.",
  "bind/status-assigned": "The status changes by `to`, so that every transition stands in one place.",
  "check/not-available-yet":
    "The language has this, and it is checked and verified here, but this version cannot run it. So `build` and `serve` refuse it.",
  "check/param-not-given":
    "An action is asked for without a parameter that it requires. The service would refuse it each time.",
  "check/argument-type":
    "An action is asked for with a value that its parameter cannot take. The service would refuse it each time.",
  "check/counter-underflow":
    "A counter never goes below 0: what is taken too much is lost. A guard says that there is enough.",
  "check/never-written":
    "A condition asks for a variable that is its initial value for ever, so the condition says less than it seems to.",
  "check/no-on-failure":
    "When the endpoint, module or adapter fails for good, nothing happens to the entity. Name an action in on_failure.",
  "check/nobody-may":
    "Without a policy that permits it every request is denied. Timers act as System, so they need one as well.",
  "check/policy-status":
    "A policy compares a status with a text that is none of the type's statuses, so that part of it never applies. To Cedar it is a text like any other.",
  "check/rule-cannot-fire":
    "The guard is false in every status that the rule starts from, so the rule is dead text. Most often it is a typo.",
  "check/trigger-cannot-fire":
    "A trigger waits for its action to land in a status that no rule of the action leads to, so nothing is ever asked. Most often it is a typo.",
  "check/trigger-cycle":
    "Each of these actions triggers the next. Unless a guard ends the round, it goes on until the limit of the cascade and ends in a dead letter.",
  "check/shadowed-rule":
    "Rules of one action are tried in order, and an earlier one without a guard always decides. This one never does.",
  "check/unreachable-status":
    "No chain of rules leads from `initial` to this status, whatever the guards. Remove it, or lead to it.",
  "check/unused-variable":
    "No guard, property or other variable depends on it. It may still be what clients want to see.",
  "check/waits-for-ever":
    "The status is not terminal, and no timeout ends the wait in it. Say so in `allow_indefinite_states` if that is meant.",
};
