/**
 * Runs a case and judges it by all that the store ever was. Each write must be exactly what its update makes of the value just
 * before it, done once, and wanted; each answer must have been true at some moment while its wish was being carried out.
 */
import { AsyncHost, type AsyncProcess, type Finding, show, type Trial, type Turns } from 'clusterwright/kit'
import type { ApiObject, KeyValue, Preconditions, Status } from 'clusterwright/storage'
import { applied, type Case, FIRST_REVISION, KEY, type Wish } from './cases.ts'
import { type Change, type Span, Store, writerName } from './store.ts'
import { say } from './texts.ts'

export interface Ran {
  readonly store: Store
  readonly first: Store
  readonly processes: readonly AsyncProcess[]
  /** By process, one per wish. */
  readonly answers: readonly (readonly unknown[])[]
}

/** In an order that is chosen, as calls happen to last, or all calls lasting equally long. */
type How = 'in-turns' | 'by-latency' | 'evenly'

const OTHERS = 'somebody'
const VERSIONS = { other: '3', later: '4000' }

/** Where the preconditions of a case come from: the object as it was at the beginning. */
export function insistedOn({ resourceVersion, uid, key = KEY }: Wish, first: Store): Preconditions | undefined {
  if (resourceVersion === undefined && uid === undefined) return undefined
  const found = first.get(key)
  const version = String(found?.modRevision ?? FIRST_REVISION)
  return {
    ...(resourceVersion && { resourceVersion: resourceVersion === 'first' ? version : VERSIONS[resourceVersion] }),
    ...(uid && { uid: uid === 'first' ? (found?.value.metadata.uid ?? 'uid-1') : 'uid-0' }),
  }
}

export function run(trial: Trial<any>, plan: Case, how: How): Ran {
  const [store, first] = [new Store(plan), new Store(plan)]
  const turns: Turns = { state: () => store.state(), isRead: (method) => method === 'get' }
  const host = new AsyncHost(trial, {
    perform: (call) => store.perform(call),
    ended: (process) => store.ended(process),
    look: () => store.shown(),
    ...(how === 'in-turns' && { turns }),
    ...(how === 'evenly' && { latencyMicros: () => 1000 }),
  })
  const processes = plan.writers.map(({ wishes, atMs = 0 }, index) => {
    const asked = wishes.map((wish) => {
      const { key = KEY, resourceVersion: _version, uid: _uid, ...change } = wish
      const preconditions = insistedOn(wish, first)
      return { key, change, ...(preconditions && { preconditions }) }
    })
    const name = writerName(index)
    return host.start(name, 'run', [name, asked], how === 'in-turns' ? {} : { at: atMs * 1000 })
  })
  const { deeds = [], timed = [] } = plan
  for (const { atMs, do: deed } of timed) host.at(atMs * 1000, () => store.act(deed))
  if (deeds.length > 0) host.start(OTHERS, 'act', [deeds])
  host.run()
  const answers = processes.map(({ name, outcome }): readonly unknown[] => {
    if (store.senseless) {
      const { who, what } = store.senseless
      trial.fail({ message: say('senseless', { who, what }), expected: say('a-call'), actual: what, hint: 'condition' })
    }
    if (outcome!.ok) return outcome!.value as readonly unknown[]
    const isStores = outcome!.kind === 'threw' && outcome!.message.includes('request timed out')
    if (!isStores) trial.crash(outcome!, name)
    return trial.fail({
      message: say('threw', { who: name }),
      expected: '504',
      actual: outcome!.message,
      hint: 'timeout',
    })
  })
  return { store, first, processes, answers }
}

export function judge(trial: Trial<any>, plan: Case, how: How): void {
  const ran = run(trial, plan, how)
  plan.writers.forEach(({ wishes }, at) =>
    wishes.forEach((wish, index) => {
      const finding = judgeWish(ran, wish, at, index)
      if (finding) trial.fail(finding)
    }),
  )
}

interface Judged {
  readonly wish: Wish
  readonly who: string
  readonly store: Store
  readonly preconditions: Preconditions | undefined
  readonly span: Span
  readonly writes: readonly Change[]
}

function judgeWish(ran: Ran, wish: Wish, at: number, index: number): Finding | undefined {
  const { store, first, answers } = ran
  const who = writerName(at)
  const id = `${who}/${index}`
  const span = store.spans.get(id)
  if (!span)
    return { message: say('nothing-read', { who }), expected: say('a-read'), actual: say('no-call'), hint: 'races' }
  const writes = store.changes.filter(({ by }) => by === id)
  const judged: Judged = { wish, who, store, preconditions: insistedOn(wish, first), span, writes }
  const astray = writes.find((write) => write.key !== (wish.key ?? KEY))
  if (astray)
    return { message: say('other-key', { who }), expected: wish.key ?? KEY, actual: astray.key, hint: 'update' }
  const wrong = writes.map((write) => judgeWrite(judged, write)).find((finding) => finding !== undefined)
  if (wrong) return wrong
  if (writes.length > 1)
    return {
      message: say('twice', { who }),
      expected: '1',
      actual: String(writes.length),
      hint: span.isLost ? 'timeout' : 'races',
    }
  if (span.wroteAfterLoss)
    return { message: say('wrote-after-loss', { who }), expected: '504', actual: say('another-txn'), hint: 'timeout' }
  return judgeAnswer(judged, answers[at]![index])
}

const seen = ({ value, modRevision }: KeyValue): ApiObject => ({
  ...value,
  metadata: { ...value.metadata, resourceVersion: String(modRevision) },
})

/** What the store must hold after an update of this value; or the status of its refusal. */
function made({ wish, who }: Judged, before: KeyValue): { readonly value: ApiObject } | { readonly refuse: Status } {
  const object = applied(wish, who, seen(before))
  if ('refuse' in object) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  return { value: { ...object, metadata } }
}

const isMet = (preconditions: Preconditions | undefined, { value, modRevision }: KeyValue): boolean =>
  (preconditions?.resourceVersion ?? String(modRevision)) === String(modRevision) &&
  (preconditions?.uid ?? value.metadata.uid) === value.metadata.uid

/** With sorted keys, so that two that hold the same read the same. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

function judgeWrite(judged: Judged, { before, kv }: Change): Finding | undefined {
  const { who, preconditions } = judged
  const actual = show(kv!.value)
  if (!before) return { message: say('made-anew', { who }), expected: '404', actual, hint: 'condition' }
  if (!isMet(preconditions, before))
    return { message: say('insisted', { who }), expected: '409', actual, hint: 'preconditions' }
  const right = made(judged, before)
  if ('refuse' in right)
    return { message: say('refused-now', { who }), expected: show(right.refuse), actual, hint: 'races' }
  if (text(right.value) === text(kv!.value)) {
    if (text(right.value) !== text(before.value)) return undefined
    return { message: say('no-op', { who }), expected: say('no-write'), actual, hint: 'update' }
  }
  const expected = show(right.value)
  const values = { expected: right.value, actual: kv!.value }
  if ('resourceVersion' in kv!.value.metadata)
    return { message: say('stored-version', { who }), expected, actual, values, hint: 'update' }
  const [had, has] = [before, kv!].map(({ value }) => (value.spec?.['by'] ?? []) as readonly string[])
  const lost = had!.find((line) => !has!.includes(line))
  const isOther = before.value.metadata.uid !== kv!.value.metadata.uid
  const rule = isOther ? 'other-object' : lost === undefined ? 'other-update' : 'lost'
  const isPlain = rule === 'other-update'
  return {
    message: say(rule, { who, whose: (lost ?? '').split(' ')[0]! }),
    expected,
    actual,
    values,
    hint: isPlain ? 'update' : 'condition',
  }
}

function judgeAnswer(judged: Judged, answer: unknown): Finding | undefined {
  const { who, store, wish, span, writes, preconditions } = judged
  const { key = KEY } = wish
  const actual = show(answer)
  const given = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<Record<string, unknown>>
  const { status, object } = given as { status?: Status; object?: ApiObject }
  const isBare = (status === undefined || status === null) === (object === undefined || object === null)
  if (isBare || (status && typeof status.code !== 'number'))
    return {
      message: say('neither', { who }),
      expected: '{ object } | { status: { code, reason } }',
      actual,
      hint: 'update',
    }
  const [write] = writes
  if (write && span.isLost && status?.code === 504) return undefined
  if (write) {
    const right = { object: seen(write.kv!) }
    if (status)
      return {
        message: say('was-written', { who }),
        expected: show(right),
        actual,
        hint: status.code === 504 ? 'timeout' : 'races',
      }
    if (text(object) === text(right.object)) return undefined
    return {
      message: say('other-object-told', { who }),
      expected: show(right),
      actual,
      values: { expected: right.object, actual: object },
      hint: 'update',
    }
  }
  if (status?.code === 504)
    return span.isLost
      ? undefined
      : { message: say('answered', { who }), expected: say('another'), actual, hint: 'races' }
  // Nothing was written: the answer must have been right at some moment.
  const moments = Array.from({ length: span.until - span.since + 1 }, (_, past) => store.at(key, span.since + past))
  const last = moments.at(-1)
  const isRight = moments.some((kv) => isAnswerTo(judged, kv, status, object))
  if (isRight) return undefined
  const expected = last === undefined ? '404' : !isMet(preconditions, last) ? '409' : show(toldOf(judged, last))
  if (span.isLost) return { message: say('no-answer', { who }), expected: '504', actual, hint: 'timeout' }
  if (status?.code === 409 && !preconditions)
    return { message: say('no-409', { who }), expected: say('again'), actual, hint: 'races' }
  const isUnchanged =
    last !== undefined && object?.spec !== undefined && expected === show(toldOf(judged, last)) && isNoOp(judged, last)
  if (isUnchanged)
    return {
      message: say('other-object-told', { who }),
      expected: show({ object: seen(last) }),
      actual,
      hint: 'update',
    }
  const hint = expected === '409' || status?.code === 409 ? 'preconditions' : status ? 'races' : 'update'
  return { message: say(object ? 'not-written' : 'untrue', { who }), expected, actual, hint }
}

function isAnswerTo(judged: Judged, kv: KeyValue | undefined, status?: Status, object?: ApiObject): boolean {
  const { preconditions } = judged
  if (!kv) return status?.code === 404 || (status?.code === 409 && preconditions !== undefined)
  if (!isMet(preconditions, kv)) return status?.code === 409
  const right = made(judged, kv)
  if ('refuse' in right) return status?.code === right.refuse.code && status.reason === right.refuse.reason
  return object !== undefined && text(right.value) === text(kv.value) && text(object) === text(seen(kv))
}

function isNoOp(judged: Judged, kv: KeyValue): boolean {
  const right = made(judged, kv)
  return 'value' in right && text(right.value) === text(kv.value)
}

function toldOf(judged: Judged, kv: KeyValue): unknown {
  const right = made(judged, kv)
  return 'refuse' in right ? { status: right.refuse } : { object: right.value }
}
