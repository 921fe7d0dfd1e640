/**
 * Tests of an IPAM plugin, as you write them: examples, each with ranges, a store, calls, and what must come of each.
 */
import type { AddResult, RangeSet } from 'clusterwright/cni'

/** An attachment: the container, and its interface behind a slash where it is not `eth0`. `web-1`, `web-1/net1`. */
export type ExampleAttachment = string

/** Any success, or any error. */
export type ExampleOutcome = 'success' | 'error'

/**
 * What an ADD must come to: any success, any error, an error with this code (or any but this one),
 * these addresses (`10.244.1.2/24`, one per range set), or a result of which what is written here must be the same.
 */
export type ExampleAdded =
  | ExampleOutcome
  | { readonly code: number | { readonly not: number } }
  | readonly string[]
  | (Pick<AddResult, 'ips'> & Partial<AddResult>)

export type ExampleCall =
  | { readonly verb: 'add'; readonly who: ExampleAttachment; readonly expect: ExampleAdded }
  | { readonly verb: 'del' | 'check'; readonly who: ExampleAttachment; readonly expect: ExampleOutcome }
  | { readonly verb: 'gc'; readonly valid: readonly ExampleAttachment[]; readonly expect: ExampleOutcome }

/** One example. */
export interface IpamExample {
  /** What it shows. */
  readonly name: string
  readonly ranges: readonly RangeSet[]
  /** Who holds which address before the first call. Left out: nobody holds any. */
  readonly held?: Readonly<Record<string, ExampleAttachment>>
  /** What was reserved last in each range set; null where nothing was. */
  readonly last?: readonly (string | null)[]
  /** The disk refuses this call to the store, counted from 1 over the whole example; lock and unlock are not counted. */
  readonly diskRefuses?: number
  /** One after the other; those in a list of their own run at the same time. */
  readonly calls: readonly (ExampleCall | readonly ExampleCall[])[]
  /** Who holds which address after the last call: these and no others. Left out: it is not looked at. */
  readonly store?: Readonly<Record<string, ExampleAttachment>>
}
