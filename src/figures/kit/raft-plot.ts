/** What a run of etcd's members is about: which of their many messages tell the story, and what became of what was typed. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { NoteView, Timeline } from '../../simulation/protocol.ts'
import { quorumOf } from './raft-odds.ts'

export type Turn =
  | { readonly kind: 'asks' | 'asks-in-vain' | 'steps-down'; readonly at: number }
  | { readonly kind: 'wins'; readonly at: number; readonly term: number; readonly votes: number; readonly of: number }

export interface Plot {
  /** Ticks of answers to a candidate, up to the one that decides. */
  readonly votes: ReadonlySet<number>
  /** Ticks of appends that bring something new. */
  readonly appends: ReadonlySet<number>
  /** Ticks of first acknowledgements → how many have the entry then, the leader counted; 0: a refusal. */
  readonly acks: ReadonlyMap<number, number>
  /** By tick of the note. */
  readonly turns: ReadonlyMap<number, Turn>
  /** How many have a vote, before anybody joins. */
  readonly voters: number
}

const plots = new WeakMap<Timeline, Plot>()

export function plotOf(timeline: Timeline): Plot {
  let plot = plots.get(timeline)
  if (!plot) plots.set(timeline, (plot = readPlot(timeline)))
  return plot
}

export const machineIn = (process: string | undefined): string => (process ?? '').split('/')[0]!

function readPlot(timeline: Timeline): Plot {
  const { events, notes } = timeline
  const voters = events.filter(({ kind, to, tick }) => kind === 'start' && to.endsWith('/etcd') && tick < 20).length
  const leaderNotes = notes.filter(({ kind }) => kind === 'leader')
  const turns = turnsOf(events, leaderNotes, voters)
  const wonAt = [...turns].flatMap(([tick, turn]) => (turn.kind === 'wins' ? [tick] : []))
  return {
    votes: decidingVotes(events, wonAt),
    appends: newAppends(events, turns),
    acks: firstAcks(events),
    turns,
    voters,
  }
}

interface LeaderDetail {
  readonly leader: string
  readonly term: number
  readonly isSelf: boolean
}

/** Who may win stands for election this soon. */
const STANDS_MICROS = 100_000

function turnsOf(events: readonly Described[], notes: readonly NoteView[], voters: number): Map<number, Turn> {
  const turns = new Map<number, Turn>()
  /** Who leads, or thinks so → since when. */
  const led = new Map<string, number>()
  for (const { tick, at, process, detail } of notes) {
    const { isSelf, term } = detail as LeaderDetail
    // One that has died does not know that it led.
    if (events.some(({ kind, verb, to, tick: died }) => kind === 'start' && verb === 'start' && to === process && died > (led.get(process) ?? Infinity) && died <= tick)) led.delete(process) // prettier-ignore
    if (isSelf) {
      const granted = events.filter((event) => event.verb === 'MsgVoteResp' && !event.failed && event.to === process && event.tick <= tick && event.at > at - 100_000).length // prettier-ignore
      turns.set(tick, { kind: 'wins', at, term, votes: granted + 1, of: voters })
      led.set(process, tick)
    } else if (led.delete(process)) {
      const heard = events.some((event) => event.tick === tick && event.verb.startsWith('Msg'))
      if (!heard) turns.set(tick, { kind: 'steps-down', at })
    } else if (events.some(({ cause, verb, from }) => cause === tick && verb === 'MsgPreVote' && from === process)) {
      const stands = events.some((event) => event.verb === 'MsgVote' && event.from === process && event.tick > tick && event.at - at < STANDS_MICROS) // prettier-ignore
      turns.set(tick, { kind: stands ? 'asks' : 'asks-in-vain', at })
    }
  }
  return turns
}

/** Answers to a candidate count until it has won; of one that does not win all are told. */
function decidingVotes(events: readonly Described[], wonAt: readonly number[]): Set<number> {
  const winner = (tick: number): number | undefined => wonAt.findLast((won) => won < tick)
  return new Set(
    events.flatMap(({ tick, at, verb }) => {
      if (verb !== 'MsgVoteResp') return []
      const won = winner(tick)
      const late = won !== undefined && events.some((event) => event.tick === won && at - event.at < 50_000)
      return late ? [] : [tick]
    }),
  )
}

/** A new leader's own empty entry goes to everybody at once: that is told in one sentence. Later it is news to whoever lacks it. */
function newAppends(events: readonly Described[], turns: ReadonlyMap<number, Turn>): Set<number> {
  const starts = [...turns.values()].flatMap((turn) => (turn.kind === 'wins' ? [turn.at] : []))
  const isOwn = ({ name, at }: Described): boolean =>
    name === '' && starts.some((start) => at >= start && at - start < 50_000)
  return new Set(
    events.flatMap((event) => (event.verb === 'MsgApp' && !event.background && !isOwn(event) ? [event.tick] : [])),
  )
}

/** A catching-up member's acknowledgement is told, however many have the entry already. */
const LATE_MICROS = 100_000

function firstAcks(events: readonly Described[]): Map<number, number> {
  const told = new Map<number, number>()
  const known = new Map<string, { first: number; by: Set<string> }>()
  // An index may be written twice, by leaders of two terms.
  const named = new Set(events.flatMap(({ verb, label, name, from }) => (verb === 'MsgApp' && name ? lastPlace(label).map((place) => `${from} ${place}`) : []))) // prettier-ignore
  const voters = new Set(events.flatMap(({ kind, to, tick }) => (kind === 'start' && tick < 20 ? [to] : [])))
  const quorum = quorumOf([...voters].filter((id) => id.endsWith('/etcd')).length)
  for (const event of events) {
    if (event.verb !== 'MsgAppResp') continue
    if (event.failed) {
      told.set(event.tick, 0)
      continue
    }
    const index = `${event.to} ${event.resource}`
    const entry = known.get(index) ?? { first: event.at, by: new Set() }
    known.set(index, entry)
    if (entry.by.has(event.from!)) continue
    entry.by.add(event.from!)
    const isLate = event.at - entry.first > LATE_MICROS
    if ((named.has(index) && entry.by.size < quorum) || isLate) told.set(event.tick, entry.by.size + 1)
  }
  return told
}

/** `MsgApp 5–6` → 6. */
const lastPlace = (label: string): string[] => /(\d+)$/.exec(label)?.slice(1) ?? []

// ── what was typed ──────────────────────────────────────────────────────────────────────────────────────────────────

export interface TypedCommand {
  readonly tick: number
  readonly op: string
  readonly key: string
  readonly value: string
  readonly endpoint: string
  readonly serializable: boolean
  /** What etcdctl heard, or that it gave up. */
  readonly answer: Described | undefined
  readonly ok: boolean
}

/** Every command for etcdctl, with what became of it. */
export function typedIn({ events }: Timeline): TypedCommand[] {
  const taken = new Set<Described>()
  return events.flatMap((command): TypedCommand[] => {
    if (command.kind !== 'command' || command.verb !== 'etcdctl') return []
    const [, op = '', key = '', value = ''] = command.label.split(' ')
    const endpoint = /--endpoints=(\S+)/.exec(command.label)?.[1] ?? 'etcd-1'
    const gaveUp = events.find(({ kind, cause, to }) => kind === 'decision' && cause === command.tick && to.startsWith('laptop/')) // prettier-ignore
    const heard = gaveUp ?? events.find((event) => !taken.has(event) && event.tick > command.tick && isAnswer(event, endpoint)) // prettier-ignore
    if (heard) taken.add(heard)
    const ok = heard !== undefined && heard.kind === 'response' && !heard.failed
    const serializable = command.label.includes('--consistency=s')
    return [{ tick: command.tick, op, key, value: value.startsWith('--') ? '' : value, endpoint, serializable, answer: heard, ok }] // prettier-ignore
  })
}

const isAnswer = ({ kind, to, from }: Described, endpoint: string): boolean =>
  to.startsWith('laptop/') && (kind === 'response' || kind === 'lost') && machineIn(from) === endpoint
