/** A learner's own examples for `raft-log`: how they are read, and how a node is held against them. */
import {
  defineTests,
  joinTexts,
  messageInWords,
  raftGuest,
  type RaftEntry,
  type RaftMessage,
  type Reader,
  type Trial,
} from 'clusterwright/kit'
import { Solo, type SoloOptions } from './solo.ts'
import { say, texts } from './tests-texts.ts'
import { texts as own } from './texts.ts'

type Fields = Readonly<Record<string, unknown>>
type Reading = Readonly<Record<string, (value: Reader) => unknown>>

interface Step {
  readonly deed: (typeof DEEDS)[number]
  readonly text: string
  readonly message?: Omit<RaftMessage, 'to'>
  readonly is: Fields
  readonly sends: readonly Fields[]
  readonly sendsNo: readonly string[]
}

interface Example {
  readonly options: SoloOptions
  readonly steps: readonly Step[]
}

const DEEDS = ['step', 'propose', 'readIndex', 'lead', 'tick', 'restart'] as const
const ELECTIONS = ['MsgVote', 'MsgVoteResp', 'MsgPreVote', 'MsgPreVoteResp'] as const
const TYPES = [...ELECTIONS, 'MsgHeartbeat', 'MsgHeartbeatResp', 'MsgApp', 'MsgAppResp'] as const
const MOST = 1_000

const whole = (value: Reader): number => value.whole(0, MOST)
const wholes = (value: Reader): number[] => value.list().map(whole)

function readEntry(given: Reader): RaftEntry {
  given.only('index', 'term', 'data')
  const data = given.at('data').isThere && { data: given.at('data').text() }
  return { index: given.at('index').whole(1, MOST), term: whole(given.at('term')), ...data }
}

const MESSAGE: Reading = {
  type: (value) => value.oneOf(TYPES),
  ...{ from: whole, to: whole, term: whole, index: whole, logTerm: whole, commit: whole, rejectHint: whole },
  entries: (value) => value.list().map(readEntry),
  reject: (value) => value.flag(),
  context: (value) => value.text(),
}
const STATE: Reading = {
  ...{ log: wholes, commit: whole, applied: wholes },
  reads: (value) => value.list().map((read) => read.text()),
  taken: (value) => value.flag(),
}

const fieldsOf = (given: Reader, known: Reading): Fields =>
  Object.fromEntries(
    Object.entries(known)
      .filter(([name]) => given.at(name).isThere)
      .map(([name, readField]) => [name, readField(given.at(name))]),
  )

function readStep(given: Reader): Step {
  given.only(...DEEDS, 'expect')
  const [deed, more] = DEEDS.filter((name) => given.at(name).isThere)
  if (!deed || more) given.refuse(say('want-step'))
  const told = given.at(deed)
  const text = deed === 'propose' || deed === 'readIndex' ? told.text() : ''
  if (deed === 'step') {
    told.only(...Object.keys(MESSAGE))
    for (const name of ['type', 'from', 'term']) MESSAGE[name]!(told.at(name))
  }
  const message = deed === 'step' && { message: fieldsOf(told, MESSAGE) as unknown as RaftMessage }
  const expect = given.at('expect')
  if (!expect.isThere) return { deed, text, ...message, is: {}, sends: [], sendsNo: [] }
  expect.only(...Object.keys(STATE), 'sends', 'sendsNo')
  const [sends, sendsNo] = [expect.at('sends'), expect.at('sendsNo')]
  return {
    ...{ deed, text, ...message },
    is: fieldsOf(expect, STATE),
    sends: sends.isThere ? sends.list().map((one) => fieldsOf(one.only(...Object.keys(MESSAGE)), MESSAGE)) : [],
    sendsNo: sendsNo.isThere ? sendsNo.list().map((one) => one.oneOf(TYPES)) : [],
  }
}

function read(given: Reader): Example {
  given.only('name', 'size', 'log', 'hardState', 'steps')
  const has = (name: string): boolean => given.at(name).isThere
  const hard = given.at('hardState')
  if (has('hardState')) hard.only('term', 'vote', 'commit')
  const options: SoloOptions = {
    ...(has('size') && { size: given.at('size').whole(1, 9) }),
    ...(has('log') && { log: wholes(given.at('log')) }),
    ...(has('hardState') && {
      hardState: { term: whole(hard.at('term')), vote: whole(hard.at('vote')), commit: whole(hard.at('commit')) },
    }),
  }
  const steps = given.at('steps').list().map(readStep)
  const says = steps.some(({ is, sends, sendsNo }) => Object.keys(is).length + sends.length + sendsNo.length > 0)
  if (!says) given.at('steps').refuse(say('want-expectation'))
  return { options, steps }
}

function doStep(node: Solo, { deed, text, message }: Step): void {
  if (deed === 'step') node.step(message!)
  else if (deed === 'propose') node.propose(text)
  else if (deed === 'readIndex') node.readIndex(text)
  else node[deed]()
}

function run(trial: Trial<any>, { options, steps }: Example): void {
  const node = new Solo(trial, options)
  steps.forEach((step, at) => {
    doStep(node, step)
    const { is, sends, sendsNo } = step
    const number = at + 1
    const { terms: log, applied, reads, taken } = node
    const now: Fields = { log, commit: node.hardState.commit, applied, reads, taken }
    const seen = Object.fromEntries(Object.keys(is).map((name) => [name, now[name]]))
    trial.equal(seen, is, say('is-otherwise', { number }))
    const lacking = sends.find((wanted) => !node.messages.some((one) => holds(one, wanted)))
    if (lacking)
      trial.fail({
        message: say('sends-not', { number }),
        expected: JSON.stringify(lacking),
        actual: node.messages.map(messageInWords).join('; ') || '[]',
      })
    const wrong = node.messages.find(({ type }) => sendsNo.includes(type))
    if (wrong)
      trial.fail({
        message: say('sends-it', { number, type: wrong.type }),
        expected: '[]',
        actual: messageInWords(wrong),
      })
  })
}

const termsOf = (value: unknown): unknown =>
  Array.isArray(value) ? (value as readonly RaftEntry[]).map(({ index, term }) => `${index}:${term}`).join(' ') : value

/** A message that has these fields; where `reject` is false or a list is empty, it may be absent. */
const holds = (message: RaftMessage, wanted: Fields): boolean =>
  Object.entries(wanted).every(
    ([name, value]) => (termsOf((message as unknown as Fields)[name]) || false) === (termsOf(value) || false),
  )

export default defineTests<Example>({
  guest: raftGuest(),
  threshold: 20,
  // Of entries examples compare index and term, and of a turn they see all Readies together.
  beyond: ['data-lost', 'acknowledged-before-written'],
  read,
  run,
  texts: joinTexts(own, texts),
})
