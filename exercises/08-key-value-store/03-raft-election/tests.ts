/** A learner's own examples for `raft-election`: how they are read, and how a node is held against them. */
import {
  defineTests,
  joinTexts,
  messageInWords,
  raftGuest,
  type RaftMessage,
  type Reader,
  type Trial,
} from 'clusterwright/kit'
import { Solo, type SoloOptions } from './solo.ts'
import { say, texts } from './tests-texts.ts'
import { texts as own } from './texts.ts'

type Fields = Readonly<Record<string, unknown>>

interface Step {
  readonly deed: 'tick' | 'silence' | 'step' | 'restart'
  readonly ticks: number
  readonly message?: Omit<RaftMessage, 'to'>
  readonly is: Fields
  readonly sends: readonly Fields[]
  readonly sendsNo: readonly string[]
}

interface Example {
  readonly options: SoloOptions
  readonly steps: readonly Step[]
}

const DEEDS = ['tick', 'silence', 'step', 'restart'] as const
const TYPES = ['MsgVote', 'MsgVoteResp', 'MsgPreVote', 'MsgPreVoteResp', 'MsgHeartbeat', 'MsgHeartbeatResp'] as const
const STATES = ['StateFollower', 'StatePreCandidate', 'StateCandidate', 'StateLeader'] as const
const MOST = 1_000

const whole = (value: Reader): number => value.whole(0, MOST)
const MESSAGE: Readonly<Record<string, (value: Reader) => unknown>> = {
  type: (value) => value.oneOf(TYPES),
  from: whole,
  to: whole,
  term: whole,
  index: whole,
  logTerm: whole,
  reject: (value) => value.flag(),
}
const STATE: Readonly<Record<string, (value: Reader) => unknown>> = {
  raftState: (value) => value.oneOf(STATES),
  term: whole,
  vote: whole,
  lead: whole,
}

const fieldsOf = (given: Reader, known: typeof MESSAGE): Fields =>
  Object.fromEntries(
    Object.entries(known)
      .filter(([name]) => given.at(name).isThere)
      .map(([name, readField]) => [name, readField(given.at(name))]),
  )

function readStep(given: Reader): Step {
  given.only(...DEEDS, 'expect')
  const [deed, more] = DEEDS.filter((name) => given.at(name).isThere)
  if (!deed || more) given.refuse(say('want-step'))
  const ticks = deed === 'tick' ? given.at('tick').whole(1, 100) : 0
  const told = given.at('step')
  if (deed === 'step') {
    told.only(...Object.keys(MESSAGE))
    for (const name of ['type', 'from', 'term']) MESSAGE[name]!(told.at(name))
  }
  const message = deed === 'step' && { message: fieldsOf(told, MESSAGE) as unknown as RaftMessage }
  const expect = given.at('expect')
  const nothing = { is: {}, sends: [], sendsNo: [] }
  if (!expect.isThere) return { deed, ticks, ...message, ...nothing }
  expect.only(...Object.keys(STATE), 'sends', 'sendsNo')
  const [sends, sendsNo] = [expect.at('sends'), expect.at('sendsNo')]
  return {
    ...{ deed, ticks, ...message },
    is: fieldsOf(expect, STATE),
    sends: sends.isThere ? sends.list().map((one) => fieldsOf(one.only(...Object.keys(MESSAGE)), MESSAGE)) : [],
    sendsNo: sendsNo.isThere ? sendsNo.list().map((one) => one.oneOf(TYPES)) : [],
  }
}

function read(given: Reader): Example {
  given.only('name', 'size', 'log', 'hardState', 'preVote', 'checkQuorum', 'steps')
  const has = (name: string): boolean => given.at(name).isThere
  const hard = given.at('hardState')
  if (has('hardState')) hard.only('term', 'vote', 'commit')
  const options: SoloOptions = {
    ...(has('size') && { size: given.at('size').whole(1, 9) }),
    ...(has('log') && { log: given.at('log').list().map(whole) }),
    ...(has('hardState') && {
      hardState: { term: whole(hard.at('term')), vote: whole(hard.at('vote')), commit: whole(hard.at('commit')) },
    }),
    ...(has('preVote') && { preVote: given.at('preVote').flag() }),
    ...(has('checkQuorum') && { checkQuorum: given.at('checkQuorum').flag() }),
  }
  const steps = given.at('steps').list().map(readStep)
  const says = steps.some(({ is, sends, sendsNo }) => Object.keys(is).length + sends.length + sendsNo.length > 0)
  if (!says) given.at('steps').refuse(say('want-expectation'))
  return { options, steps }
}

function run(trial: Trial<any>, { options, steps }: Example): void {
  const node = new Solo(trial, options)
  steps.forEach(({ deed, ticks, message, is, sends, sendsNo }, index) => {
    if (deed === 'tick') node.tick(ticks)
    else if (deed === 'silence') node.silence()
    else if (deed === 'restart') node.restart()
    else node.step(message!)
    const number = index + 1
    const { raftState, lead } = node
    const now: Fields = { ...node.hardState, raftState, lead }
    const seen = Object.fromEntries(Object.keys(is).map((name) => [name, now[name]]))
    trial.equal(seen, is, say('is-otherwise', { number }))
    const sent = node.messages
    const lacking = sends.find((wanted) => !sent.some((one) => holds(one, wanted)))
    if (lacking)
      trial.fail({
        message: say('sends-not', { number }),
        expected: JSON.stringify(lacking),
        actual: sent.map(messageInWords).join('; ') || '[]',
      })
    const wrong = sent.find(({ type, reject }) => sendsNo.includes(type) && reject !== true)
    if (wrong)
      trial.fail({
        message: say('sends-it', { number, type: wrong.type }),
        expected: '[]',
        actual: messageInWords(wrong),
      })
  })
}

/** A message that has these fields; where `reject` is false, it may be absent. */
const holds = (message: RaftMessage, wanted: Fields): boolean =>
  Object.entries(wanted).every(([name, value]) => ((message as unknown as Fields)[name] ?? false) === (value ?? false))

export default defineTests<Example>({
  guest: raftGuest(),
  threshold: 20,
  // They differ from a right node by chance, by how often they draw, or only in a network.
  beyond: [
    'fixed-timeout',
    'timeout-drawn-once',
    'timeout-by-id',
    'waits-a-tick-too-long',
    'held-until-its-own-timeout',
    'leader-deposes-itself',
    'vote-puts-nothing-off',
    'a-pre-vote-puts-it-off',
    'beats-at-every-tick',
  ],
  read,
  run,
  texts: joinTexts(own, texts),
})
