/** Checks of `raft-election`: one node told by hand and by chance, then several in a network that fails. */
import {
  defineChecks,
  differential,
  example,
  messageInWords,
  property,
  raftGuest,
  RaftGuest,
  type RaftInput,
  type Trial,
} from 'clusterwright/kit'
import { configOf, groupCase, isPossibleCase, soloCase, type GroupCase, type SoloCase } from './cases.ts'
import * as examples from './examples.ts'
import { cutOffLeader, mustElect, newGroup, rejoin, runGroup } from './group.ts'
import { Reference, wrongMessages, type Expected, type Input } from './oracle.ts'
import { checkPromises, ELECTION_TICK, Solo } from './solo.ts'
import { say, texts } from './texts.ts'

const HINTS: Readonly<Record<Expected['rule'], string>> = {
  election: 'timeout',
  won: 'term',
  lost: 'term',
  'old-term': 'term',
  'new-term': 'term',
  held: 'disturb',
  vote: 'term',
  log: 'log',
  heartbeat: 'timeout',
  quiet: 'term',
}

const inputOf = (input: Input): RaftInput[] => {
  if (input.type === 'step') return [{ type: 'step', message: input.message }]
  if (input.type === 'silence') return [{ type: 'silence', ticks: 2 * ELECTION_TICK }]
  return Array.from({ length: input.count }, () => ({ type: 'tick' as const }))
}

const inWords = (input: Input): string =>
  input.type === 'step' ? messageInWords(input.message) : input.type === 'silence' ? 'silence' : `${input.count} ticks`

/** All inputs in one crossing; then each answer is held against the rules. */
function judgeSolo(trial: Trial<any>, plan: SoloCase): void {
  const config = configOf(plan)
  const reference = new Reference(config)
  const guest = new RaftGuest(trial, config)
  const inputs = plan.inputs.map(inputOf)
  const turns = guest.turns(inputs.flat())
  const told: string[] = []
  let at = 0
  let soft = { lead: 0, raftState: 'StateFollower' }
  let hard = config.hardState
  plan.inputs.forEach((input, index) => {
    const expected = reference.enter(input)
    const mine = turns.slice(at, (at += inputs[index]!.length))
    const readies = mine.flatMap((turn) => turn.readies)
    for (const ready of readies) {
      soft = ready.softState
      hard = ready.hardState
      checkPromises(trial, config.id, hard, ready.messages)
    }
    const last = inWords(input)
    told.push(last)
    const sent = readies.flatMap((ready) => ready.messages)
    const { missing, extra } = wrongMessages(expected, sent)
    const is = { term: hard.term, vote: hard.vote, ...soft }
    const { term, vote, lead, raftState } = expected
    const wanted = { term, vote, lead, raftState }
    const isSame = (Object.keys(wanted) as (keyof typeof wanted)[]).every((key) => wanted[key] === is[key])
    if (isSame && !missing && !extra) return
    const wrong = missing ?? extra
    const finding = !isSame
      ? say('is-not', { last })
      : say(missing ? 'must' : 'extra', { last, message: messageInWords(wrong!) })
    trial.fail({
      message: say(`rule-${expected.rule}`, { finding }),
      expected: isSame ? expected.must.map(messageInWords).join('; ') || '[]' : JSON.stringify(wanted),
      actual: isSame ? sent.map(messageInWords).join('; ') || '[]' : JSON.stringify(is),
      hint: expected.rule === 'heartbeat' && (is.term !== term || is.vote !== vote) ? 'term' : HINTS[expected.rule],
      story: {
        lanes: [
          {
            name: 'node 1',
            entries: told.map((label, time) => ({ atMicros: time + 1, label, tone: 'plain' as const })),
          },
        ],
      },
    })
  })
}

/** Silence, again and again: how long it waits each time. */
function judgeTimeouts(trial: Trial<any>, { electionTick }: { electionTick: number }): void {
  const node = new Solo(trial, { electionTick })
  const most = 2 * electionTick - 1
  const waits = Array.from({ length: 12 }, () => node.silence(most))
  for (const ticks of waits) {
    const late = ticks === 0
    if (!late && ticks >= electionTick) continue
    trial.fail({
      message: late ? say('never-asks', { ticks: most }) : say('too-early', { ticks, least: electionTick }),
      expected: say('timeouts-differ', { least: electionTick, most }),
      actual: waits.join(', '),
    })
  }
  trial.ensure(new Set(waits).size > 1, () => ({
    message: say('same-timeout', { ticks: waits[0]! }),
    expected: say('timeouts-differ', { least: electionTick, most }),
    actual: waits.join(', '),
  }))
}

const checks = [
  example('silence leads to an election', { stage: 'elections', hint: 'timeout', run: examples.silence }),
  example('a majority makes a leader, and heartbeats keep it one', {
    stage: 'elections',
    hint: 'term',
    run: examples.majority,
  }),
  example('one vote in a term, for who asked first', { stage: 'elections', hint: 'term', run: examples.oneVote }),
  example('nobody votes for a log that is behind', { stage: 'elections', hint: 'log', run: examples.logs }),
  example('a newer term ends every older role', { stage: 'elections', hint: 'term', run: examples.newerTerm }),
  example('a promise outlives a restart', { stage: 'restarts', hint: 'persist', run: examples.restarts }),
  example('with PreVote, asking changes nothing', { stage: 'PreVote', hint: 'disturb', run: examples.preVote }),
  example('who has a leader lets nobody disturb it', { stage: 'CheckQuorum', hint: 'disturb', run: examples.held }),
  example('a leader that hears no quorum steps down', {
    stage: 'CheckQuorum',
    hint: 'quorum',
    run: examples.stepsDown,
  }),

  property<{ electionTick: number }>('each timeout is drawn anew, from one to two times the least', {
    stage: 'elections',
    hint: 'timeout',
    per200: 6,
    generate: (chance) => ({ electionTick: chance.between(6, 20) }),
    run: judgeTimeouts,
  }),

  differential<SoloCase>('one node, told anything: what the rules say', {
    stage: 'elections',
    hint: 'term',
    per200: 120,
    generate: soloCase,
    run: judgeSolo,
    shrink: {
      fixed: [
        'size',
        'flags',
        'hardState',
        'log',
        'inputs',
        'message',
        'type',
        'term',
        'from',
        'to',
        'index',
        'logTerm',
        'reject',
        'count',
        'vote',
        'commit',
      ],
      valid: isPossibleCase,
    },
  }),

  property<{ size: number }>('nodes that do everything in step elect somebody all the same', {
    stage: 'elections',
    hint: 'timeout',
    per200: 8,
    generate: (chance) => ({ size: chance.pick([2, 3, 4, 5]) }),
    run(trial, { size }) {
      const link = { latencyMicros: 1_000, jitterMicros: 0, loss: 0, duplicate: 0 }
      mustElect(trial, newGroup(trial, { size, link, inStep: true }), 30, 'timeout')
    },
  }),

  property<GroupCase>('whatever the network does: one leader in a term, and one in the end', {
    stage: 'restarts',
    hint: 'persist',
    per200: 12,
    generate: groupCase,
    run: runGroup,
    shrink: {
      fixed: ['size', 'flags', 'loss', 'duplicate', 'jitterMs', 'fsyncMs', 'deeds', 'afterMs', 'what', 'node'],
      numbers: { loss: { least: 0 }, duplicate: { least: 0 }, jitterMs: { least: 1, step: 49 }, size: { least: 3 } },
      triesMax: 30,
    },
  }),

  property<null>('who comes back after long disturbs nobody', {
    stage: 'PreVote',
    hint: 'disturb',
    per200: 1,
    generate: () => null,
    run: (trial) => rejoin(trial),
  }),

  property<null>('a leader that is cut off steps down, and the others go on', {
    stage: 'CheckQuorum',
    hint: 'quorum',
    per200: 1,
    generate: () => null,
    run: (trial) => cutOffLeader(trial),
  }),
]

export default defineChecks(raftGuest(), checks, texts)
