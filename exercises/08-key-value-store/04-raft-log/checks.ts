/** Checks of `raft-log`: one node told by hand and by chance, groups in any weather, the plays that chance does not find, a cluster. */
import {
  defineChecks,
  differential,
  example,
  messageInWords,
  property,
  raftGuest,
  RaftGuest,
  type RaftReady,
  type Trial,
} from 'clusterwright/kit'
import { type AppendCase, appendCase, followed, type Follower, messageOf } from './cases.ts'
import * as examples from './examples.ts'
import { figureEight, lagging, runWeather, staleRead, type Weather, weather } from './group.ts'
import { type ClusterPlan, clusterPlan, livesOn, memberWorld } from './in-a-member.ts'
import { entriesOf } from './solo.ts'
import { say, texts } from './texts.ts'

function judgeAppends(trial: Trial<any>, { log, sends }: AppendCase): void {
  const timing = { electionTick: 10, heartbeatTick: 1, preVote: false, checkQuorum: false }
  const hardState = { term: 2, vote: 0, commit: 0 }
  const guest = new RaftGuest(trial, { id: 1, voters: [1, 2, 3], ...timing, hardState, entries: entriesOf(log) })
  const messages = sends.map(messageOf)
  const turns = guest.turns(messages.map((message) => ({ type: 'step', message })))
  let expected: Follower = { log, commit: 0 }
  let disk = entriesOf(log)
  sends.forEach((send, at) => {
    expected = followed(expected, send)
    const { readies } = turns[at]!
    disk = writtenTo(disk, readies)
    const last = messageInWords(messages[at]!)
    const is = {
      log: disk.map(({ term }) => term).join(' '),
      commit: readies.at(-1)?.hardState.commit ?? expected.commit,
    }
    const actual = JSON.stringify(is)
    const list = expected.log.join(' ')
    if (is.log !== list)
      trial.fail({
        message: say('takes', { last, log: list || say('none') }),
        expected: list,
        actual,
        hint: 'conflict',
      })
    if (is.commit !== expected.commit)
      trial.fail({
        message: say('commit-is', { last, commit: expected.commit }),
        expected: `${expected.commit}`,
        actual,
        hint: 'commit',
      })
    const answer = readies.flatMap((ready) => ready.messages).find(({ type }) => type === 'MsgAppResp')
    const { agrees } = expected
    // Below what is committed nothing is open: to say so is an answer, too.
    const isRight =
      agrees === undefined
        ? answer?.reject === true
        : answer !== undefined && !answer.reject && (answer.index === agrees || answer.index === expected.commit)
    if (isRight) return
    trial.fail({
      message: agrees === undefined ? say('rejects', { last }) : say('agrees', { last, index: agrees }),
      expected: agrees === undefined ? 'MsgAppResp, reject' : `MsgAppResp, index ${agrees}`,
      actual: answer ? messageInWords(answer) : '[]',
      hint: 'append',
    })
  })
}

const writtenTo = (disk: ReturnType<typeof entriesOf>, readies: readonly RaftReady[]) =>
  readies.reduce((all, { entries }) => {
    const [first] = entries
    return first ? [...all.filter(({ index }) => index < first.index), ...entries] : all
  }, disk)

const checks = [
  example('a leader begins its term with an entry, and sends what it is given', {
    stage: 'append',
    hint: 'append',
    run: examples.begins,
  }),
  example('a follower takes what fits, and refuses what does not', {
    stage: 'append',
    hint: 'append',
    run: examples.appends,
  }),
  example('only a real conflict cuts a log', { stage: 'append', hint: 'conflict', run: examples.conflicts }),
  example('a refusal moves the leader back, and what is lost is sent again', {
    stage: 'append',
    hint: 'next',
    run: examples.heals,
  }),
  example('committed is what a majority has, and no earlier', {
    stage: 'commit',
    hint: 'commit',
    run: examples.commits,
  }),
  example('an old term is committed only by an entry of the leader’s own', {
    stage: 'commit',
    hint: 'own-term',
    run: examples.ownTerm,
  }),
  example('a follower commits as far as it agrees with the leader', {
    stage: 'commit',
    hint: 'commit',
    run: examples.follows,
  }),
  example('what is committed is applied in order, once in a life', {
    stage: 'commit',
    hint: 'apply',
    run: examples.applies,
  }),
  example('a read waits until a quorum confirms the leader', { stage: 'read', hint: 'read', run: examples.reads }),

  differential<AppendCase>('one follower, any appends: the log that the rules give', {
    stage: 'append',
    hint: 'conflict',
    per200: 100,
    generate: appendCase,
    run: judgeAppends,
    shrink: { fixed: ['log', 'sends', 'terms', 'index', 'count', 'commit'], valid: isWhole },
  }),

  property<Weather>('whatever happens: one history, no committed entry lost, no stale read', {
    stage: 'commit',
    hint: 'commit',
    per200: 14,
    generate: weather,
    run: runWeather,
    shrink: {
      fixed: ['size', 'flags', 'loss', 'duplicate', 'jitterMs', 'fsyncMs', 'deeds', 'afterMs', 'what', 'node'],
      numbers: { loss: { least: 0 }, duplicate: { least: 0 }, jitterMs: { least: 1, step: 49 } },
      triesMax: 25,
    },
  }),

  property<null>('figure 8: an old entry on a majority is not yet committed', {
    stage: 'commit',
    hint: 'own-term',
    per200: 3,
    generate: () => null,
    run: (trial) => figureEight(trial),
  }),

  property<null>('a leader that is cut off answers no read', {
    stage: 'read',
    hint: 'read',
    per200: 2,
    generate: () => null,
    run: (trial) => staleRead(trial),
  }),

  property<null>('who was away for twenty entries catches up in a few rounds', {
    stage: 'append',
    hint: 'next',
    per200: 2,
    generate: () => null,
    run: (trial) => lagging(trial),
  }),

  property<ClusterPlan>('in a member of etcd: another member dies, and the cluster goes on', {
    stage: 'read',
    hint: 'append',
    per200: 4,
    generate: clusterPlan,
    world: memberWorld,
    run: livesOn,
    praise: say('ran-inside'),
  }),
]

/** Lists of terms are not cut, only sends and what is on the disk at first. */
function isWhole({ log, sends }: AppendCase): boolean {
  return (
    log.every((term, at) => at === 0 || term >= log[at - 1]!) &&
    sends.every(({ terms, index, count }) => terms.length >= index + count && terms.length > 0)
  )
}

export default defineChecks(raftGuest(), checks, texts)
