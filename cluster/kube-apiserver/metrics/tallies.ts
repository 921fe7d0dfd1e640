/**
 * What the API server counts of its requests: how many, how they ended, and how long they took.
 *
 * What the real one does: handlers are wrapped in a monitor, behind authorization, so that who may not ask is not counted; a
 * watch counts when it has ended, and until then as a long-running request.
 * What we leave out: paths that are no resources; sizes of answers, events of watches, times of single stages; a request whose
 * client has gone.
 * Where to read upstream: apiserver `pkg/endpoints/metrics/metrics.go`.
 */
import type { HttpResponse } from '#cluster/api/http.ts'
import type { Context, Effect, Micros, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

/** Upper bounds of a histogram of requests, in seconds. */
export const BUCKETS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
] as const

/** Requests that have the same labels. */
export interface Tally {
  /** How many ended with which code, the lowest first. (An object with numbers for keys would be a list with 200 holes.) */
  readonly codes: readonly (readonly [code: number, count: number])[]
  /** How many took so long: one count for each bucket, and one for those beyond the last. */
  readonly counts: readonly number[]
  readonly sum: Micros
}

/** A request that is being answered. */
interface Underway {
  readonly labels: string
  readonly arrived: Micros
}

export interface Tallies {
  /** By labels, as Prometheus writes them. */
  ended: Table<string, Tally>
  underway: Table<StreamId, Underway>
}

export const noTallies = (): Tallies => ({ ended: new Table(), underway: new Table() })

const NONE: Tally = Object.freeze({ codes: [], counts: Object.freeze(Array.from({ length: BUCKETS.length + 1 }, () => 0)), sum: 0 }) // prettier-ignore

export function countEnded(tallies: Tallies, labels: string, code: number, took: Micros): void {
  const { codes, counts, sum } = tallies.ended.get(labels) ?? NONE
  const seconds = took / 1e6
  const bucket = BUCKETS.findIndex((bound) => seconds <= bound)
  const next = counts.slice()
  next[bucket < 0 ? BUCKETS.length : bucket]!++
  tallies.ended.set(labels, { codes: withOneMore(codes, code), counts: next, sum: sum + took })
}

function withOneMore(codes: Tally['codes'], code: number): Tally['codes'] {
  if (!codes.some(([other]) => other === code)) return [...codes, [code, 1] as const].sort(([a], [b]) => a - b)
  return codes.map((row) => (row[0] === code ? [code, row[1] + 1] : row))
}

/** Somebody who may ask is being answered, from now on. */
export function countBegun(tallies: Tallies, stream: StreamId, labels: string, arrived: Micros): void {
  tallies.underway.set(stream, { labels, arrived })
}

/** What lasts until somebody ends it. */
export const LASTING = /verb="(WATCH|CONNECT)"/

/** The client has gone. What lasts has been answered all the same. */
export function countGone(tallies: Tallies, stream: StreamId, now: Micros): void {
  const underway = tallies.underway.get(stream)
  if (!underway) return
  tallies.underway.delete(stream)
  if (LASTING.test(underway.labels)) countEnded(tallies, underway.labels, 200, now - underway.arrived)
}

/** Looks through what a step sends for answers. */
export function countAnswers(tallies: Tallies, effects: readonly Effect[], ctx: Context): void {
  if (tallies.underway.size === 0) return
  for (const effect of effects) {
    if (effect.type !== 'close') continue
    const underway = tallies.underway.get(effect.stream)
    if (!underway) continue
    tallies.underway.delete(effect.stream)
    // A watch has had its status before; it closes without a word.
    const code = (effect.body as HttpResponse | undefined)?.status ?? 200
    countEnded(tallies, underway.labels, code, ctx.now - underway.arrived)
  }
}
