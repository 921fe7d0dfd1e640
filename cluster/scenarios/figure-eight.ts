/**
 * The play of figure 8 of the Raft paper, directed while it runs: an entry of an old term reaches a majority under a new
 * leader, and yet must not count as committed, because one who never saw it may still be elected.
 *
 * Chance alone would take thousands of seeds to come upon it.
 */
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import { lastIndex } from '#cluster/etcd/raft/log.ts'
import type { Raft } from '#cluster/etcd/raft/raft.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'

const machineOf = (member: ProcessId): string => member.slice(0, member.indexOf('/'))

/** Looks after each event, and acts when the scene has come; for three members. */
export function figureEight(world: World, members: readonly ProcessId[], from: Micros, to: Micros): () => void {
  let scene: () => void = firstLeader
  const raftOf = (member: ProcessId): Raft | undefined =>
    world.process(member)?.up ? world.stateOf<EtcdState>(member).node?.raft : undefined
  const leader = (): ProcessId | undefined => members.find((member) => raftOf(member)?.state === 'StateLeader')
  const act = (after: Micros, command: Command): void => world.command(world.now + after, command)
  const cut = (member: ProcessId): Command => {
    const rest = members.filter((other) => other !== member).map(machineOf)
    return { type: 'partition', groups: [[machineOf(member)], rest] }
  }

  /** One leads, is cut off, and takes entries that nobody else has. */
  function firstLeader(): void {
    const one = leader()
    if (world.now < from || one === undefined) return
    act(0, cut(one))
    const before = lastIndex(raftOf(one)!.log)
    scene = () => {
      if (raftOf(one) && lastIndex(raftOf(one)!.log) === before) return
      act(20_000, { type: 'crash', process: one })
      act(20_001, { type: 'heal' })
      secondLeader(one)
    }
  }

  /** Another is elected by the third, which never hears of what it appends. */
  function secondLeader(one: ProcessId): void {
    scene = () => {
      const voter = members.find((member) => member !== one && (raftOf(member)?.vote ?? 0) !== 0 && hasVotedFor(member))
      if (raftOf(one) || !voter) return
      const two = members.find((member) => member !== one && member !== voter)!
      act(0, { type: 'block', from: machineOf(two), to: machineOf(voter) })
      act(40_000, { type: 'crash', process: two })
      act(40_001, { type: 'heal' })
      act(40_002, { type: 'start', process: one })
      firstAgain(one, two, voter)
    }
  }

  /** It has voted for a candidate that does not know yet. */
  function hasVotedFor(member: ProcessId): boolean {
    const { vote, term } = raftOf(member)!
    return members.some((other) => {
      const raft = raftOf(other)
      return other !== member && raft?.id === vote && raft.term === term && raft.state === 'StateCandidate'
    })
  }

  /** The first comes back, its disk slow, and hands its old entry to the third; then it is gone, and the second is back. */
  function firstAgain(one: ProcessId, two: ProcessId, three: ProcessId): void {
    let isSlow = false
    scene = () => {
      const raft = raftOf(one)
      if (!raft || raftOf(two)) return
      if (raft.state === 'StateCandidate' && !isSlow) {
        isSlow = true
        act(0, { type: 'slowDisk', machine: machineOf(one), fsyncMicros: 300_000 })
      }
      if (raft.state !== 'StateLeader') return
      act(30_000, { type: 'crash', process: one })
      act(30_001, { type: 'pause', process: three })
      act(30_002, { type: 'slowDisk', machine: machineOf(one), fsyncMicros: 2_000 })
      act(30_003, { type: 'start', process: one })
      act(30_004, { type: 'start', process: two })
      scene = () => {}
    }
  }

  return () => {
    if (world.now < to) scene()
  }
}
