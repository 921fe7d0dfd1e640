/** How a learner's module is taken into a guest. Made by `schedulerGuest()`, `controllerGuest()` and their like. */
export interface GuestShape {
  /** Source of the adapter, see `GuestOptions.adapter` in `grader/sandbox/sandbox.ts`. */
  readonly adapter: string
  readonly hostMethods?: readonly string[]
}
