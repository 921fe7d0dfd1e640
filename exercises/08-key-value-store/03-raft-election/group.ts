/** Several nodes in a network: what must hold at all times, and who leads when nothing goes wrong any more. */
import { messageInWords, RaftWorld, TICK_MICROS, type RaftGroup, type Trial } from 'clusterwright/kit'
import type { GroupCase } from './cases.ts'
import { checkPromises, ELECTION_TICK } from './solo.ts'
import { say } from './texts.ts'

const TIMEOUT_MICROS = ELECTION_TICK * TICK_MICROS
const MILLI = 1_000

export function newGroup(trial: Trial<any>, options: Partial<RaftGroup> & { readonly size: number }): RaftWorld {
  const leaders = new Map<number, number>()
  const votes = new Map<string, number>()
  const link = { latencyMicros: 1_000, jitterMicros: 1_000, loss: 0, duplicate: 0 }
  const flags = { preVote: false, checkQuorum: false }
  return new RaftWorld(
    trial,
    { electionTick: ELECTION_TICK, heartbeatTick: 1, ...flags, link, ...options },
    {
      ready(node, { messages, hardState }, world) {
        checkPromises(trial, node.id, hardState, messages)
        if (node.raftState !== 'StateLeader') return
        const other = leaders.get(node.term) ?? node.id
        leaders.set(node.term, node.id)
        if (other === node.id) return
        trial.fail({
          message: say('two-leaders', { term: node.term, one: other, two: node.id }),
          expected: say('one-leader', { term: node.term }),
          actual: say('leaders-are', { one: other, two: node.id }),
          story: world.story(),
        })
      },
      sent(message, world) {
        const { type, from, to, term, reject } = message
        const candidate = type === 'MsgVote' ? from : type === 'MsgVoteResp' && reject !== true ? to : undefined
        if (candidate === undefined) return
        const key = `${from}/${term}`
        const before = votes.get(key) ?? candidate
        votes.set(key, candidate)
        if (before === candidate) return
        trial.fail({
          message: say('two-votes', { node: from, term, one: before, two: candidate }),
          expected: say('one-vote', { node: from, term }),
          actual: messageInWords(message),
          hint: 'persist',
          story: world.story(),
        })
      },
      started({ id, term, incarnation }, world) {
        if (incarnation > 1 && term < (world.node(id)?.term ?? 0)) throw new Error('a disk cannot go back')
      },
    },
  )
}

/** Fails unless somebody leads and all follow, within so many election timeouts. */
export function mustElect(trial: Trial<any>, world: RaftWorld, timeouts: number, hint?: string): number {
  const leader = world.elect(timeouts * TIMEOUT_MICROS)
  const isSettled = world.nodes.every(({ lead, term }) => lead === leader && term === world.node(leader)?.term)
  if (leader !== 0 && isSettled) return leader
  trial.fail({
    message: say(leader === 0 ? 'no-leader' : 'not-followed', { timeouts, leader }),
    expected: say('leader-expected', { timeouts }),
    actual: world.nodes
      .map(({ id, raftState, term, lead }) => `${id}: ${raftState}, term ${term}, lead ${lead}`)
      .join('; '),
    story: world.story(),
    ...(hint && { hint }),
  })
}

/** Weather, then none; there is a leader in the end, and never were there two in a term. */
export function runGroup(trial: Trial<any>, plan: GroupCase): void {
  const { size, flags, loss, duplicate, jitterMs, fsyncMs, deeds } = plan
  const link = { latencyMicros: MILLI, jitterMicros: jitterMs * MILLI, loss, duplicate }
  const world = newGroup(trial, {
    ...{ size, preVote: flags, checkQuorum: flags, link, fsyncMicros: fsyncMs * MILLI },
  })
  world.run(TIMEOUT_MICROS)
  for (const { afterMs, what, node } of deeds) {
    if (node > size) continue
    world.run(afterMs * MILLI)
    if (what === 'isolate') world.isolate(node)
    else if (what === 'heal') world.heal()
    else world[what](node)
  }
  world.heal()
  for (const id of world.ids) world.start(id)
  for (const from of world.ids)
    for (const to of world.ids)
      if (from !== to) {
        const whole = { latencyMicros: MILLI, jitterMicros: MILLI, loss: 0, duplicate: 0 }
        world.command({ type: 'link', from: `m-${from}`, to: `m-${to}`, link: whole })
      }
  mustElect(trial, world, 20)
}

/** A leader is cut off: the others elect another, it steps down itself, and comes back as a follower. */
export function cutOffLeader(trial: Trial<any>): void {
  const world = newGroup(trial, { size: 3, preVote: true, checkQuorum: true })
  const old = mustElect(trial, world, 20)
  world.isolate(old)
  world.run(2 * TIMEOUT_MICROS + 2 * TICK_MICROS, () => world.node(old)?.raftState !== 'StateLeader')
  trial.ensure(world.node(old)?.raftState !== 'StateLeader', () => ({
    message: say('leads-alone', { leader: old }),
    expected: say('steps-down'),
    actual: `${old}: ${world.node(old)?.raftState}`,
    hint: 'quorum',
    story: world.story(),
  }))
  const others = world.ids.filter((id) => id !== old)
  const isLed = (): boolean => others.some((id) => world.node(id)?.raftState === 'StateLeader')
  trial.ensure(world.run(10 * TIMEOUT_MICROS, isLed), () => ({
    message: say('no-successor', { leader: old }),
    expected: say('leader-expected', { timeouts: 10 }),
    actual: say('nobody'),
    story: world.story(),
  }))
  world.heal()
  mustElect(trial, world, 10)
}

/** A follower is cut off for long, and comes back: the leader stays, and so does its term. */
export function rejoin(trial: Trial<any>): void {
  const world = newGroup(trial, { size: 3, preVote: true, checkQuorum: true })
  const leader = mustElect(trial, world, 20)
  const { term } = world.node(leader)!
  const away = world.ids.find((id) => id !== leader)!
  world.isolate(away)
  world.run(12 * TIMEOUT_MICROS)
  const stillLeads = (): boolean => world.node(leader)?.raftState === 'StateLeader' && world.node(leader)?.term === term
  const finding = () => ({
    message: say('disturbed', { leader, away, term }),
    expected: `${leader}: StateLeader, term ${term}`,
    actual: `${leader}: ${world.node(leader)?.raftState}, term ${world.node(leader)?.term}`,
    hint: 'disturb',
    story: world.story(),
  })
  trial.ensure(stillLeads(), finding)
  world.heal()
  world.run(4 * TIMEOUT_MICROS, () => !stillLeads())
  trial.ensure(stillLeads(), finding)
  mustElect(trial, world, 2)
}
