/**
 * Tests of a ReplicaSet controller, as you write them: examples, each with ReplicaSets, what happens, and what must be true when.
 * Times are milliseconds since the ReplicaSets were made; steps may come before, from -400. Their selector is `app=<name>`, and `track` must not be `canary`.
 */

export interface ExampleSet {
  readonly name: string
  readonly replicas: number
  /** What its selector wants the label `app` to be. Left out: its name. */
  readonly app?: string
  /** Its Pods never become ready. */
  readonly neverReady?: boolean
}

/** What happens besides the controller. */
export type ExampleStep = { readonly atMs: number } & (
  | { readonly do: 'scale'; readonly set: string; readonly replicas: number }
  /** Is to be deleted, and waits for its finalizer. */
  | { readonly do: 'remove'; readonly set: string }
  /** Is gone at once, and made again under the same name. */
  | { readonly do: 'replace'; readonly set: string }
  /** Somebody makes a Pod by hand: an orphan, or another controller's. */
  | {
      readonly do: 'pod'
      readonly name: string
      readonly labels: Readonly<Record<string, string>>
      readonly namespace?: string
      /** Name of another controller that it belongs to. */
      readonly owner?: string
      readonly neverReady?: boolean
      /** No node is found for it. */
      readonly unscheduled?: boolean
    }
  /**
   * Something befalls a Pod of a set: the oldest, or the one after so many (`nth`). `delete` takes 30 s, `vanish` no time;
   * `finish` ends it well (Succeeded), `relabel` gives it labels that match no more.
   */
  | {
      readonly do: 'delete' | 'vanish' | 'fail' | 'finish' | 'unready' | 'relabel'
      readonly set: string
      readonly nth?: number
    }
)

/** What must be true: of a set or of a Pod at a time, or of the whole run. */
export type ExampleExpectation =
  | {
      readonly atMs: number
      readonly set: string
      /** Pods that the set controls and that are alive. */
      readonly alive?: number
      /** Fields of its status. */
      readonly status?: Readonly<Record<string, number>>
    }
  /** The controller of a Pod by name; null: it has none. */
  | { readonly atMs: number; readonly pod: string; readonly alive?: boolean; readonly owner?: string | null }
  /** At no time more Pods alive than that. */
  | { readonly set: string; readonly neverMore: number }
  /** How many Pods the controller created and deleted in all. */
  | { readonly created?: number; readonly deleted?: number }

/** One example. */
export interface ReplicaSetExample {
  /** What it shows. */
  readonly name: string
  readonly sets: readonly ExampleSet[]
  readonly steps?: readonly ExampleStep[]
  /** The cache hears of each change so much later. */
  readonly cacheLagMs?: number
  /** The controller dies when the answer of this call arrives, counted from 1, and starts again. */
  readonly diesAfterCall?: number
  readonly expect: readonly ExampleExpectation[]
}
