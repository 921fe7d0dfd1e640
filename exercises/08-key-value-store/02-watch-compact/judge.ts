/**
 * What etcd promises to whoever watches, held against all that was sent: ordered, unique, reliable, atomic, resumable,
 * bookmarkable. When something is told is left open, but for `sync`, after which nobody who has room lacks anything.
 */
import {
  type Finding,
  LearnerStore,
  type Said,
  type SentResponse,
  show,
  type TellLine,
  type Trial,
} from 'clusterwright/kit'
import type { WatchEvent, WatchResponse } from 'clusterwright/mvcc'
import { held } from '../01-mvcc-store/judge.ts'
import { type Change, isIn, Reference, type Step as StoreStep } from '../01-mvcc-store/reference.ts'
import { type Case, isOfStore, type Step } from './cases.ts'
import { stepInWords } from './in-words.ts'
import { say } from './texts.ts'

/** One watch, from its beginning to its end. */
interface Session {
  readonly watchId: number
  readonly key: string
  readonly rangeEnd: string | undefined
  readonly start: number
  /** The first revision that it has not been told of. */
  next: number
  /** The newest revision that a response named. */
  told: number
  isOpen: boolean
  /** What it begins with was compacted when it began: it can only be cancelled. */
  readonly isTooLate: boolean
  /** It has been told everything at some time since it began, or was refused room. */
  isSynced: boolean
  room: number | null
}

export function judge(trial: Trial<any>, { steps }: Case): void {
  const model = new Model()
  const all = [...steps, ...endOf(steps)]
  const outcomes = LearnerStore.playAll(trial, all, stepInWords)
  all.forEach((step, index) => {
    const { answer, sent } = outcomes[index]!
    const finding = model.take(step, answer, sent)
    if (finding)
      trial.fail({ ...finding, message: say('during', { step: stepInWords(step), finding: finding.message }) })
  })
}

/** In the end everybody has room, and is told what is missing. */
function endOf(steps: readonly Step[]): Step[] {
  const ids = steps.flatMap((step) => (step.type === 'Watch' ? [step.watchId] : []))
  return [
    ...ids.map((watchId): Step => ({ type: 'Room', watchId, room: null })),
    { type: 'Sync' },
    { type: 'Progress' },
  ]
}

export const tellCase = ({ steps }: Case): TellLine[] =>
  steps.map((step) => ({ kind: 'step', what: stepInWords(step) }))

export class Model {
  reference = new Reference()
  #done: StoreStep[] = []
  #saved: StoreStep[] = []
  #sessions = new Map<number, Session>()

  take(step: Step, answer: unknown, sent: readonly SentResponse[]): Finding | undefined {
    if (isOfStore(step)) {
      const finding = held(step, this.reference.act(step), answer)
      if (step.type !== 'Range') this.#done.push(step)
      if (finding) return { ...finding, hint: 'whole' }
    } else this.#act(step)
    for (const one of sent) {
      const finding = this.#told(one)
      if (finding) return finding
    }
    return step.type === 'Sync' ? this.#lacking() : step.type === 'Progress' ? this.#unmarked(sent) : undefined
  }

  #act(step: Exclude<Step, StoreStep>): void {
    if (step.type === 'Watch') this.#begin(step)
    else if (step.type === 'Cancel') this.#sessions.delete(step.watchId)
    else if (step.type === 'Room') {
      const session = this.#sessions.get(step.watchId)
      if (session) session.room = step.room
    } else if (step.type === 'Snapshot') this.#saved = [...this.#done]
    else if (step.type === 'Restore') this.#restore(step)
  }

  #begin({ watchId, key, rangeEnd, startRevision = 0 }: Extract<Step, { type: 'Watch' }>): void {
    const { revision } = this.reference
    const start = startRevision > 0 ? startRevision : revision + 1
    const place = { watchId, key, rangeEnd, start, isTooLate: start < this.reference.compacted }
    this.#sessions.set(watchId, {
      ...place,
      next: start,
      told: 0,
      isOpen: true,
      isSynced: start > revision,
      room: null,
    })
  }

  #restore({ bump = 0, markCompacted = false }: Extract<Step, { type: 'Restore' }>): void {
    this.reference = new Reference()
    for (const step of this.#saved) this.reference.act(step)
    this.reference.bump(bump, markCompacted)
    this.#done = [...this.#saved]
    this.#sessions.clear()
  }

  /** What a watch has still to be told, in whole revisions. */
  #pending({ key, rangeEnd, next }: Session): Change[] {
    return this.reference.log.filter((change) => change.revision >= next && isIn(change.key, key, rangeEnd))
  }

  #told({ response: given, taken }: SentResponse): Finding | undefined {
    const response = given as WatchResponse | null
    const session = this.#sessions.get(response?.watchId ?? -1)
    if (!response || !session)
      return finding('nobody', 'slow', { watch: show(response?.watchId) }, say('nothing'), show(given))
    const watch = session.watchId
    if (!taken) {
      session.isSynced = false
      return undefined
    }
    if (session.room !== null) session.room--
    if (!session.isOpen) return finding('after-end', 'compacted', { watch }, say('nothing'), show(response))
    if (!Array.isArray(response.events)) return finding('no-list', 'whole', { watch }, say('a-list'), show(response))
    const { revision, compacted } = this.reference
    const { revision: named } = response
    if (typeof named !== 'number' || named > revision || named < session.told)
      return finding('header', 'whole', { watch }, String(revision), show(named))
    session.told = named
    if (response.compactRevision) return this.#cancelled(session, response.compactRevision, compacted)
    return response.events.length === 0 ? this.#bookmark(session, named) : this.#events(session, response)
  }

  #cancelled(session: Session, named: number, compacted: number): Finding | undefined {
    const { watchId: watch } = session
    const pending = this.#pending(session)
    const isBehind = pending.length > 0 || !session.isSynced
    const low = session.isSynced && pending.length > 0 ? pending[0]!.revision : session.next
    if (!isBehind || low >= compacted)
      return finding(
        'cancelled-for-nothing',
        'compacted',
        { watch, next: low },
        say('goes-on'),
        `compactRevision: ${named}`,
      )
    if (named !== compacted) return finding('other-compaction', 'compacted', { watch }, String(compacted), show(named))
    session.isOpen = false
    return undefined
  }

  #bookmark(session: Session, named: number): Finding | undefined {
    const missing = this.#pending(session).find(({ revision }) => revision <= named)
    if (!missing) return undefined
    const params = { watch: session.watchId, revision: named, missing: missing.revision }
    return finding('bookmark', 'slow', params, say('events-first'), `revision: ${named}, events: []`)
  }

  #events(session: Session, response: WatchResponse): Finding | undefined {
    const pending = this.#pending(session)
    const { events } = response
    const watch = session.watchId
    if (session.isTooLate)
      return finding(
        'silent',
        'compacted',
        { watch, revision: session.start },
        `compactRevision: ${this.reference.compacted}`,
        show(events),
      )
    for (const [index, event] of events.entries()) {
      const right = pending[index]
      const revision = event?.kv?.modRevision
      const params = { watch, revision: show(revision) }
      const [wanted, got] = [right ? inWords(right) : say('nothing'), eventInWords(event)]
      if (right && isEvent(event, right)) continue
      if (right?.revision === revision) return finding('other-event', 'whole', params, wanted, got)
      if (revision < session.start) return finding('too-early', 'whole', params, wanted, got)
      if (revision < session.next || events.slice(0, index).some((one) => isSameEvent(one, event)))
        return finding('twice', 'slow', params, wanted, got)
      if (right && revision > right.revision) {
        // Where the rest of it comes later, the revision is torn; where it never will, there is a gap.
        const isTorn = index > 0 && events[index - 1]!.kv.modRevision === right.revision
        return finding(
          isTorn ? 'split' : 'gap',
          isTorn ? 'whole' : 'slow',
          { ...params, missing: right.revision },
          wanted,
          got,
        )
      }
      return finding(right ? 'out-of-order' : 'not-asked', 'whole', params, wanted, got)
    }
    const last = events.at(-1)!.kv.modRevision
    const rest = pending[events.length]
    if (rest?.revision === last)
      return finding('split', 'whole', { watch, revision: last, missing: last }, inWords(rest), say('end-of-response'))
    session.next = last + 1
    return undefined
  }

  /** After a sync, nobody who has room lacks anything. */
  #lacking(): Finding | undefined {
    for (const session of this.#sessions.values()) {
      const { watchId: watch, room, isOpen } = session
      if (!isOpen || room === 0) continue
      const [missing] = this.#pending(session)
      if (!missing && !session.isTooLate) session.isSynced = true
      if (!missing && !session.isTooLate) continue
      const isCompacted = session.isTooLate || missing!.revision < this.reference.compacted
      const key = isCompacted ? 'silent' : 'lacking'
      const wanted = isCompacted ? `compactRevision: ${this.reference.compacted}` : inWords(missing!)
      return finding(
        key,
        isCompacted ? 'compacted' : 'slow',
        { watch, revision: missing?.revision ?? session.start },
        wanted,
        say('nothing'),
      )
    }
    return undefined
  }

  /** Who has been told everything, and asks, is told so. */
  #unmarked(sent: readonly SentResponse[]): Finding | undefined {
    const marked = sent.map(({ response }) => (response as WatchResponse | null)?.watchId)
    for (const session of this.#sessions.values()) {
      const { watchId: watch, room, isOpen, isSynced, start } = session
      if (!isOpen || !isSynced || room === 0 || start > this.reference.revision + 1) continue
      if (this.#pending(session).length > 0 || marked.includes(watch)) continue
      const { revision } = this.reference
      return finding('no-bookmark', 'slow', { watch }, `revision: ${revision}, events: []`, say('nothing'))
    }
    return undefined
  }
}

type Params = Readonly<Record<string, string | number>>

const finding = (
  key: string,
  hint: string,
  params: Params,
  expected: string | Said,
  actual: string | Said,
): Finding => ({
  message: say(key as 'gap', params),
  ...{ hint, expected, actual },
})

const isEvent = (event: WatchEvent, { key, kv, revision }: Change): boolean =>
  event?.kv?.key === key &&
  event.kv.modRevision === revision &&
  event.type === (kv ? 'PUT' : 'DELETE') &&
  (!kv || Object.entries(kv).every(([name, value]) => event.kv[name as 'key'] === value))

const isSameEvent = (one: WatchEvent, other: WatchEvent): boolean =>
  one.kv?.key === other?.kv?.key &&
  one.kv?.modRevision === other?.kv?.modRevision &&
  one.kv?.version === other?.kv?.version

const inWords = ({ key, kv, revision }: Change): string =>
  kv ? `PUT ${key} = '${kv.value}' @${revision}` : `DELETE ${key} @${revision}`

function eventInWords(event: WatchEvent | undefined): string {
  if (!event?.kv) return show(event)
  const { key, value, modRevision } = event.kv
  return event.type === 'PUT' ? `PUT ${key} = '${value}' @${modRevision}` : `${event.type} ${key} @${modRevision}`
}
