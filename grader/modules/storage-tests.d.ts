/** Your own examples for `cas-update`: who updates what when, and what comes of it. */

/** An update of the one object that there is. Each call to the store takes 2 ms: it is carried out after 1. */
export interface ExampleUpdate {
  /** When it begins; default 0. */
  atMs?: number
  /** Counts up by so much. */
  add?: number
  /** Sets a label, which it may have already. */
  label?: string
  /** Refuses, with 422, once the count is so high. */
  refuseFrom?: number
  /** Insists on the resourceVersion or the UID: the one at the beginning, or another. */
  resourceVersion?: 'first' | 'other'
  uid?: 'first' | 'other'
  /** Its so-manieth call gets no answer, though it is carried out, or since it is not. */
  lost?: { call: number; carriedOut: boolean }
}

/** What somebody else does, at once. */
export interface ExampleDeed {
  atMs: number
  do: 'add' | 'delete' | 'create'
}

export interface CasExample {
  name: string
  /** The count at the beginning; null: there is no object. Default 0. */
  count?: number | null
  updates: readonly ExampleUpdate[]
  others?: readonly ExampleDeed[]
  expect: {
    /** In the order of the updates: 200, or the code of the status. */
    answers?: readonly number[]
    /** At the end; null: there is no object. */
    count?: number | null
    /** How many revisions all of them together have made. */
    revisions?: number
  }
}
