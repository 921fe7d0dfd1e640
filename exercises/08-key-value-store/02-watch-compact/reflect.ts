/**
 * Reflectors on top of the store, as an API server has them: list, then watch from the next revision on; list anew where the
 * watch is cancelled. Receivers are slow at times, history is compacted, and the store is restored from a snapshot, further
 * on than anybody has seen, with all before it compacted.
 */
import { type Chance, LearnerStore, show, type TellLine, type Trial } from 'clusterwright/kit'
import type { KeyValue, RangeResponse, WatchResponse } from 'clusterwright/mvcc'
import { type Case, type Step, watchCase } from './cases.ts'
import { stepInWords } from './in-words.ts'
import { Model } from './judge.ts'
import { say } from './texts.ts'

const RANGES = [{ key: '\0', rangeEnd: '\0' }, { key: 'a/', rangeEnd: 'a0' }, { key: 'b' }] as const

/** The reflectors’ watches are numbered from there on; receivers 1 to 3 of a case are theirs. */
const FIRST_WATCH = 101
const BUMP = 1000

const KEPT = ['Put', 'DeleteRange', 'Txn', 'Compact', 'Sync', 'Progress', 'Room']

export function reflectCase(chance: Chance): Case {
  const half = (): Step[] => watchCase(chance).steps.filter(({ type }) => KEPT.includes(type))
  const [first, second, third] = [half(), half(), half()]
  const isRestored = chance.chance(0.7)
  const back: Step[] = isRestored ? [{ type: 'Restore', bump: BUMP, markCompacted: true }] : []
  return {
    steps: [...first, { type: 'Snapshot' }, ...second, ...back, ...third.filter(({ type }) => type !== 'Compact')],
  }
}

interface Reflector {
  readonly range: { readonly key: string; readonly rangeEnd?: string }
  watchId: number
  seen: number
  lists: number
  cache: Map<string, KeyValue>
}

export const tellReflect = ({ steps }: Case): TellLine[] =>
  steps.map((step) => ({ kind: 'step', what: stepInWords(step) }))

export function reflect(trial: Trial<any>, { steps }: Case): void {
  const store = new LearnerStore(trial)
  const model = new Model()
  const reflectors = RANGES.map((range): Reflector => ({ range, watchId: 0, seen: 0, lists: 0, cache: new Map() }))
  let nextWatch = FIRST_WATCH

  function play(step: Step): unknown {
    const { answer, sent } = store.play(step, stepInWords(step))
    const finding = model.take(step, answer, sent)
    if (finding)
      trial.fail({ ...finding, message: say('during', { step: stepInWords(step), finding: finding.message }) })
    for (const { response, taken } of sent) if (taken) hear(response as WatchResponse)
    return answer
  }

  function saw(reflector: Reflector, revision: number): void {
    const { seen, range } = reflector
    if (revision < seen)
      trial.fail({
        message: say('went-back', { key: range.key, seen, next: revision }),
        ...{ expected: `≥ ${seen}`, actual: String(revision), hint: 'compacted' },
      })
    reflector.seen = revision
  }

  function hear({ watchId, revision, events, compactRevision }: WatchResponse): void {
    const reflector = reflectors.find((one) => one.watchId === watchId)
    if (!reflector) return
    if (compactRevision) return void (reflector.watchId = 0)
    for (const { type, kv } of events) {
      saw(reflector, kv.modRevision)
      if (type === 'PUT') reflector.cache.set(kv.key, kv)
      else reflector.cache.delete(kv.key)
    }
    // A response without events is a bookmark.
    if (events.length === 0) saw(reflector, revision)
  }

  function list(reflector: Reflector): void {
    const { revision, kvs } = play({ type: 'Range', ...reflector.range }) as RangeResponse
    saw(reflector, revision)
    reflector.cache = new Map(kvs.map((kv) => [kv.key, kv]))
    reflector.lists++
    watch(reflector)
  }

  function watch(reflector: Reflector): void {
    reflector.watchId = nextWatch++
    play({ type: 'Watch', watchId: reflector.watchId, ...reflector.range, startRevision: reflector.seen + 1 })
  }

  const listAnew = (): void => {
    for (const reflector of reflectors) if (reflector.watchId === 0) list(reflector)
  }

  for (const step of steps) {
    listAnew()
    const reflector = step.type === 'Room' ? reflectors[(step.watchId - 1) % reflectors.length] : undefined
    play(reflector && step.type === 'Room' ? { ...step, watchId: reflector.watchId } : step)
    // The connection is gone with the old store: they come back, and ask for what follows.
    if (step.type === 'Restore') for (const one of reflectors) watch(one)
  }
  for (let round = 0; round < 2; round++) {
    for (const { watchId } of reflectors) if (watchId > 0) play({ type: 'Room', watchId, room: null })
    play({ type: 'Sync' })
    listAnew()
  }
  for (const { range, cache } of reflectors) {
    const { kvs } = play({ type: 'Range', ...range }) as RangeResponse
    const [expected, actual] = [kvs, [...cache.values()]].map((list) =>
      list.map(({ key, value, modRevision }) => `${key} = '${value}' @${modRevision}`).sort(),
    )
    trial.equal(actual, expected, say('other-cache', { key: range.key }), {
      ...{ hint: 'slow', expected: show(expected), actual: show(actual) },
    })
  }
}
