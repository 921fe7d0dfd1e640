/** A learner's own examples for `mvcc-store`: how they are read, and how a store is held against them. */
import { defineTests, LearnerStore, type Reader, show, storeGuest, type Trial } from 'clusterwright/kit'
import type { Compare, Operation, Txn } from 'clusterwright/mvcc'
import type { Step } from './reference.ts'
import { stepInWords } from './in-words.ts'
import { isSame, partOf } from './judge.ts'
import { say, texts } from './tests-texts.ts'

interface Example {
  readonly steps: readonly Step[]
  /** By step; undefined: it may answer as it likes. */
  readonly expected: readonly unknown[]
}

const TYPES = ['Put', 'DeleteRange', 'Range', 'Txn'] as const
const TARGETS = ['VERSION', 'CREATE', 'MOD', 'LEASE', 'VALUE'] as const
const RESULTS = ['EQUAL', 'NOT_EQUAL', 'GREATER', 'LESS'] as const
const NUMBER_MAX = 1_000_000
const DEPTH_MAX = 4

const number = (given: Reader): number => given.whole(0, NUMBER_MAX)
const text = (given: Reader): string => (given.value === '' ? '' : given.text())
const optional = <T>(given: Reader, name: string, read: (value: Reader) => T): Record<string, T> =>
  given.at(name).isThere ? { [name]: read(given.at(name)) } : {}

function readOperation(given: Reader, also: readonly string[] = [], depth = 0): Operation {
  const type = given.at('type').oneOf(TYPES)
  switch (type) {
    case 'Put': {
      given.only('type', 'key', 'value', 'lease', ...also)
      const [key, value] = [given.at('key').text(), text(given.at('value'))]
      return { type, key, value, ...optional(given, 'lease', number) }
    }
    case 'DeleteRange':
      given.only('type', 'key', 'rangeEnd', ...also)
      return { type, key: given.at('key').text(), ...optional(given, 'rangeEnd', (end) => end.text()) }
    case 'Range': {
      given.only('type', 'key', 'rangeEnd', 'revision', 'limit', ...also)
      const end = optional(given, 'rangeEnd', (one) => one.text())
      return {
        ...{ type, key: given.at('key').text(), ...end },
        ...optional(given, 'revision', number),
        ...optional(given, 'limit', number),
      }
    }
    case 'Txn':
      given.only('type', 'compare', 'success', 'failure', ...also)
      return { type, ...readTxn(given, depth) }
  }
}

function readTxn(given: Reader, depth: number): Txn {
  if (depth >= DEPTH_MAX) given.refuse({ key: 'grader.tests.want-shorter', params: { most: DEPTH_MAX } })
  const branch = (name: string) =>
    given
      .at(name)
      .list()
      .map((one) => readOperation(one, [], depth + 1))
  return {
    compare: given.at('compare').list().map(readCompare),
    success: branch('success'),
    failure: branch('failure'),
  }
}

function readCompare(given: Reader): Compare {
  const [key, target, result] = [
    given.only('key', 'target', 'result', 'operand').at('key').text(),
    given.at('target').oneOf(TARGETS),
    given.at('result').oneOf(RESULTS),
  ]
  const operand = given.at('operand')
  if ((target === 'VALUE') !== (typeof operand.value === 'string')) operand.refuse(say('want-operand'))
  return { key, target, result, operand: target === 'VALUE' ? text(operand) : number(operand) }
}

export function readStep(given: Reader): Step {
  if (given.at('type').value !== 'Compact') return readOperation(given, ['expect'])
  return { type: 'Compact', revision: given.only('type', 'revision', 'expect').at('revision').whole(2, NUMBER_MAX) }
}

function readAnswer(given: Reader): unknown {
  if (given.at('error').isThere)
    return { error: given.only('error').at('error').oneOf(['ErrCompacted', 'ErrFutureRev']) }
  given.only('revision', 'succeeded', 'deleted', 'kvs', 'count', 'more', 'responses')
  return {
    ...optional(given, 'revision', number),
    ...optional(given, 'succeeded', (one) => one.flag()),
    ...optional(given, 'deleted', number),
    ...optional(given, 'kvs', (kvs) => kvs.list().map(readKeyValue)),
    ...optional(given, 'count', number),
    ...optional(given, 'more', (one) => one.flag()),
    ...optional(given, 'responses', (list) => list.list().map(readAnswer)),
  }
}

function readKeyValue(given: Reader): unknown {
  given.only('key', 'value', 'createRevision', 'modRevision', 'version', 'lease')
  const numbers = ['createRevision', 'modRevision', 'version', 'lease'].map((name) => optional(given, name, number))
  return Object.assign({}, optional(given, 'key', text), optional(given, 'value', text), ...numbers) as unknown
}

function read(given: Reader): Example {
  const steps = given.only('name', 'steps').at('steps').list()
  const expected = steps.map((step) => (step.at('expect').isThere ? readAnswer(step.at('expect')) : undefined))
  if (expected.every((answer) => answer === undefined)) given.at('steps').refuse(say('want-expectation'))
  return { steps: steps.map(readStep), expected }
}

function run(trial: Trial<any>, { steps, expected }: Example): void {
  const outcomes = LearnerStore.playAll(trial, steps, stepInWords)
  steps.forEach((step, index) => {
    const [right, { answer }] = [expected[index], outcomes[index]!]
    if (right === undefined || isSame(partOf(answer, right), right)) return
    trial.fail({
      message: say('answers-otherwise', { call: stepInWords(step) }),
      ...{ expected: show(right), actual: show(answer), values: { expected: right, actual: partOf(answer, right) } },
    })
  })
}

export default defineTests<Example>({
  guest: storeGuest(),
  threshold: 20,
  // They answer as they should, and keep too much.
  beyond: ['compact-keeps-everything', 'compacts-only-what-changed-then', 'copy-per-revision', 'tombstones-stay'],
  read,
  run,
  texts,
})
