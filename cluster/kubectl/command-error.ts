/** Ends a command with a message on standard error and exit code 1. Never leaves this component. */
export class CommandError extends Error {}
