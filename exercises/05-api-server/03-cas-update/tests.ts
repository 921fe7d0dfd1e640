/** A learner's own examples for `cas-update`: how they are read, and how a submission is held against them. */
import { defineTests, joinTexts, type Reader, type Trial } from 'clusterwright/kit'
import type { Status } from 'clusterwright/storage'
import { type Case, type Deed, KEY, type Writer } from './cases.ts'
import { STORAGE } from './guest.ts'
import { run as runCase } from './judge.ts'
import { say, texts } from './tests-texts.ts'
import { texts as checkTexts } from './texts.ts'

interface Example {
  readonly plan: Case
  readonly expect: {
    readonly answers?: readonly number[]
    readonly count?: number | null
    readonly revisions?: number
  }
}

const UPDATES_MAX = 8
const TIME_MAX_MS = 1000
const COUNT_MAX = 1000

const optional = <T>(given: Reader, name: string, read: (value: Reader) => T): Record<string, T> =>
  given.at(name).isThere ? { [name]: read(given.at(name)) } : {}
const count = (given: Reader): number => given.whole(0, COUNT_MAX)
const countOrNone = (given: Reader): number | null => (given.value === null ? null : count(given))
const time = (given: Reader): number => given.whole(0, TIME_MAX_MS)
const insisted = (given: Reader): 'first' | 'other' => given.oneOf(['first', 'other'])

function readUpdate(given: Reader): Writer {
  given.only('atMs', 'add', 'label', 'refuseFrom', 'resourceVersion', 'uid', 'lost')
  if (!given.at('add').isThere && !given.at('label').isThere) given.refuse(say('want-change'))
  const lost = given.at('lost')
  return {
    ...optional(given, 'atMs', time),
    ...(lost.isThere && {
      lost: {
        call: lost.only('call', 'carriedOut').at('call').whole(1, 20),
        carriedOut: lost.at('carriedOut').flag(),
      },
    }),
    wishes: [
      {
        ...optional(given, 'add', count),
        ...optional(given, 'label', (one) => one.text()),
        ...optional(given, 'refuseFrom', count),
        ...optional(given, 'resourceVersion', insisted),
        ...optional(given, 'uid', insisted),
      },
    ],
  }
}

const readDeed = (given: Reader): { atMs: number; do: Deed } => ({
  atMs: time(given.only('atMs', 'do').at('atMs')),
  do: given.at('do').oneOf(['add', 'delete', 'create']),
})

function read(given: Reader): Example {
  given.only('name', 'count', 'updates', 'others', 'expect')
  const writers = given.at('updates').list(UPDATES_MAX).map(readUpdate)
  if (writers.length === 0) given.at('updates').refuse(say('want-update'))
  const others = given.at('others')
  const expect = given.at('expect').only('answers', 'count', 'revisions')
  const answers = expect.at('answers')
  if (answers.isThere && answers.list().length !== writers.length) answers.refuse(say('want-answers'))
  if (expect.entries().length === 0) expect.refuse(say('want-expectation'))
  return {
    plan: {
      count: given.at('count').isThere ? countOrNone(given.at('count')) : 0,
      writers,
      ...(others.isThere && { timed: others.list().map(readDeed) }),
    },
    expect: {
      ...optional(expect, 'answers', (all) => all.list().map((code) => code.whole(200, 599))),
      ...optional(expect, 'count', countOrNone),
      ...optional(expect, 'revisions', count),
    },
  }
}

const codeOf = (answer: unknown): unknown => {
  const { object, status } = (answer ?? {}) as { object?: unknown; status?: Status }
  return object ? 200 : (status?.code ?? null)
}

function run(trial: Trial<any>, { plan, expect }: Example): void {
  const { store, first, answers } = runCase(trial, plan, 'evenly')
  const found = {
    answers: answers.map(([answer]) => codeOf(answer)),
    count: store.get(KEY)?.value.spec?.['count'] ?? null,
    revisions: store.changes.length - first.changes.length,
  }
  for (const name of ['answers', 'count', 'revisions'] as const)
    if (expect[name] !== undefined) trial.equal(found[name], expect[name], say(name))
}

export default defineTests<Example>({
  guest: STORAGE,
  threshold: 14,
  // Only what the answers hold, more than one key, and more updates than an example has, show these.

  beyond: [
    ...['answers-the-old-version', 'answers-the-next-version', 'answers-what-it-read', 'answers-without-version'],
    ...['no-op-forgets-the-version', 'update-sees-no-version', 'version-is-stored', 'reads-again-to-answer'],
    ...['the-key-is-always-web', 'reads-before-each-write', 'remembers-what-it-read', 'retries-ten-times'],
    ...['knows-metadata-and-spec', 'one-variable-for-all', 'later-version-passes'],
    ...['retries-20-times', 'retries-100-times'],
  ],
  read,
  run,
  texts: joinTexts(checkTexts, texts),
})
