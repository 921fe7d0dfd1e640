/** Your own examples for `reflector`: what it hears and is asked, one after the other, and what it must say. */

/**
 * An object is written by name and version: `web@12`, in the namespace `default`.
 *
 * What is heard: `LISTED 20 a@12 b@7`, `ADDED c@21`, `MODIFIED a@22`, `DELETED b@23`, `BOOKMARK 30`, `ENDED 410`.
 */
export type ReflectorStep =
  /** Hears this; the deltas, such as `added c@21`, may come in any order. A deleted object is written without version: `deleted b`. */
  | { on: string; deltas?: readonly string[] }
  /** Is asked: `list`, or `watch 23`. */
  | { next: string }
  /** The copy, in any order. */
  | { cache: readonly string[] }

export interface ReflectorExample {
  name: string
  steps: readonly ReflectorStep[]
}
