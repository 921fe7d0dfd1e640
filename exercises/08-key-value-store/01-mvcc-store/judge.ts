/**
 * Plays a sequence on the learner's store and on the reference, and says where they part. What an answer has beside what the
 * types ask for is nobody's business.
 */
import { LearnerStore, type Finding, type Sayable, show, type TellLine, type Trial } from 'clusterwright/kit'
import type { KeyValue } from 'clusterwright/mvcc'
import type { Case } from './cases.ts'
import { stepInWords } from './in-words.ts'
import { type Answer, Reference, type Step } from './reference.ts'
import { say } from './texts.ts'

export function judge(trial: Trial<any>, { steps }: Case): void {
  const reference = new Reference()
  const expected = steps.map((step) => reference.act(step))
  const sweep = sweepOf(reference)
  const all = [...steps, ...sweep]
  const outcomes = LearnerStore.playAll(trial, all, stepInWords)
  all.forEach((step, index) => {
    const right = expected[index] ?? reference.act(step)
    const finding = held(step, right, outcomes[index]!.answer)
    if (!finding) return
    const before = all.slice(0, index).findLast(({ type }) => type !== 'Range')
    trial.fail(
      before
        ? { ...finding, message: say('after', { finding: finding.message, before: stepInWords(before) }) }
        : finding,
    )
  })
}

/** In the end all that can be read is read, the present last. */
function sweepOf({ compacted, revision }: Reference): Step[] {
  const revisions = Array.from({ length: revision - compacted + 1 }, (_, index) => compacted + index)
  return [...revisions.filter((at) => at > 0), 0].map((at) => ({
    type: 'Range',
    key: '\0',
    rangeEnd: '\0',
    ...(at > 0 && { revision: at }),
  }))
}

/** The sequence, line by line: what a failing run is told with. */
export const tellCase = ({ steps }: Case): TellLine[] =>
  steps.map((step) => ({ kind: 'step', what: stepInWords(step) }))

/** What is wrong with an answer; undefined where nothing is. */
export function held(step: Step, expected: Answer, answer: unknown): Finding | undefined {
  const call = stepInWords(step)
  const actual = partOf(answer, expected)
  if (isSame(actual, expected)) return undefined
  const { message, hint } = difference(step, call, expected, answer)
  return { message, hint, expected: show(expected), actual: show(answer), values: { expected, actual } }
}

interface Difference {
  readonly message: Sayable
  readonly hint: string
}

function difference(step: Step, call: string, expected: Answer, answer: unknown): Difference {
  if (typeof answer !== 'object' || answer === null) return { message: say('no-answer', { call }), hint: 'append' }
  const actual = answer as Record<string, unknown>
  const hasRevision = step.type === 'Range' && Boolean(step.revision)
  if ('error' in expected) {
    const key =
      step.type === 'Txn' ? 'must-refuse-all' : expected.error === 'ErrCompacted' ? 'is-compacted' : 'is-future'
    return { message: say(key, { call }), hint: step.type === 'Txn' ? 'generations' : 'compaction' }
  }
  if (actual['error'] !== undefined)
    return { message: say('is-no-error', { call, error: show(actual['error']) }), hint: 'compaction' }
  if (actual['revision'] !== expected.revision) return { message: say('revision', { call }), hint: 'append' }
  if ('succeeded' in expected && actual['succeeded'] !== expected.succeeded)
    return { message: say(expected.succeeded ? 'holds' : 'holds-not', { call }), hint: 'generations' }
  if ('responses' in expected) return { message: say('responses', { call }), hint: 'generations' }
  if ('deleted' in expected) return { message: say('deleted', { call }), hint: 'append' }
  if (!('kvs' in expected)) return { message: say('otherwise', { call }), hint: 'append' }
  return inRange(call, expected.kvs, actual, hasRevision)
}

const GENERATION = ['createRevision', 'version']

function inRange(call: string, kvs: readonly KeyValue[], actual: Record<string, unknown>, isOld: boolean): Difference {
  const got = Array.isArray(actual['kvs']) ? (actual['kvs'] as Partial<KeyValue>[]) : []
  const keys = got.map((kv) => kv?.key)
  const [missing] = kvs.filter(({ key }) => !keys.includes(key))
  const odd = keys.find((key) => !kvs.some((kv) => kv.key === key))
  const hint = isOld ? 'compaction' : 'append'
  if (missing) return { message: say(isOld ? 'missing-then' : 'missing', { call, key: missing.key }), hint }
  if (odd !== undefined) return { message: say(isOld ? 'odd-then' : 'odd', { call, key: String(odd) }), hint: 'append' }
  const at = kvs.findIndex((kv, index) => kv.key !== keys[index])
  if (at >= 0 || kvs.length !== got.length) return { message: say('order', { call }), hint: 'append' }
  for (const [index, kv] of kvs.entries()) {
    const field = (Object.keys(kv) as (keyof KeyValue)[]).find((name) => kv[name] !== got[index]![name])
    if (!field) continue
    const wrong = { call, field, key: kv.key }
    return {
      message: say(isOld ? 'field-then' : 'field', wrong),
      hint: GENERATION.includes(field) ? 'generations' : 'append',
    }
  }
  return { message: say('count', { call }), hint: 'append' }
}

/** So much of a value as another one has. */
export function partOf(value: unknown, of: unknown): unknown {
  if (Array.isArray(of))
    return Array.isArray(value) ? value.map((item, index) => (index in of ? partOf(item, of[index]) : item)) : value
  if (typeof of !== 'object' || of === null || typeof value !== 'object' || value === null || Array.isArray(value))
    return value
  const record = value as Record<string, unknown>
  const names = Object.keys(of).filter((name) => Object.hasOwn(record, name))
  // An error is never beside the point.
  if (record['error'] !== undefined && record['error'] !== null && !names.includes('error')) names.push('error')
  return Object.fromEntries(names.map((name) => [name, partOf(record[name], (of as Record<string, unknown>)[name])]))
}

export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every(
      (name) =>
        Object.hasOwn(other, name) &&
        isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
    )
  )
}
