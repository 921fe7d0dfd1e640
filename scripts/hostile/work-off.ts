/**
 * Works off a list in something that may hang: a worker that nobody hears of for too long is ended, what it was at counts as a
 * hang, and a fresh one goes on with the next. So the list always comes to its end.
 */
export interface Lane<Row> {
  readonly name: string
  /** Begins with item `from` and tells of each when it is done. Resolves after the last one; rejects when it breaks down. */
  run(from: number, tell: (row: Row) => void): Promise<void>
  /** Ends it at once, whatever it is at. */
  stop(): Promise<void>
}

/** What a thread is begun with. */
export interface NodeWork {
  readonly kind: 'alone' | 'handed in'
  /** Indices in the fuel table's programs. */
  readonly programs: readonly number[]
}

/** `lost`: why there is no row. */
export type Entry<Row> = { readonly row: Row } | { readonly lost: string }

export const HANG = 'hangs'
/** After so many the rest would take an hour to say the same. */
const LOST_MAX = 5

export async function workOff<Row>(
  lane: Lane<Row>,
  count: number,
  silenceMs: number,
  progress: (done: number) => void = () => {},
): Promise<Entry<Row>[]> {
  const entries: Entry<Row>[] = []
  for (let lost = 0; entries.length < count; lost++) {
    if (lost > LOST_MAX)
      return [...entries, ...Array.from({ length: count - entries.length }, () => ({ lost: 'not run' }))]
    const why = await hear(lane, entries.length, silenceMs, (row) => progress(entries.push({ row })))
    await lane.stop()
    if (entries.length < count) progress(entries.push({ lost: why }))
  }
  return entries
}

/** Listens until the lane is through, breaks down or falls silent. What it says after that is not heard. */
function hear<Row>(lane: Lane<Row>, from: number, silenceMs: number, take: (row: Row) => void): Promise<string> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const end = (why: string): void => {
      isOver = true
      clearTimeout(timer)
      resolve(why)
    }
    const wait = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => end(HANG), silenceMs)
    }
    wait()
    const tell = (row: Row): void => {
      if (isOver) return
      take(row)
      wait()
    }
    lane.run(from, tell).then(
      () => end('ended before it was done'),
      (error: Error) => end(error.message),
    )
  })
}
