/** The port to secrets: a spec names them, the host has them. */

/** The value of a secret, or undefined where it is not set. */
export type Secrets = (name: string) => string | undefined;
