/** What of a run of etcd's members is told: what people do and hear, votes and appends; not the beating of hearts. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { NoteView, Timeline } from '../../simulation/protocol.ts'
import { machineIn, plotOf } from './raft-plot.ts'
import type { NoteStep } from './steps.ts'
import { say } from './words.ts'

export function raftShows(event: Described, timeline: Timeline): boolean {
  const { kind, verb } = event
  if (kind === 'fault' || kind === 'command') return true
  if (kind === 'decision') return event.to.startsWith('laptop/')
  const isClient = event.to.startsWith('laptop/') || event.from?.startsWith('laptop/') === true
  if (isClient)
    return kind === 'request' || kind === 'response' || kind === 'lost' || (kind === 'watch' && !event.background)
  const plot = plotOf(timeline)
  switch (verb) {
    case 'MsgProp':
    case 'MsgSnap':
    case 'MsgTimeoutNow':
    case 'MsgVote':
      return true
    case 'MsgVoteResp':
      return plot.votes.has(event.tick)
    case 'MsgApp':
      return plot.appends.has(event.tick)
    case 'MsgAppResp':
      return plot.acks.has(event.tick)
    default:
      return false
  }
}

/** Also where a figure opens with this turn, and its plot is not there yet. */
export const asksAround = (machine: string): string =>
  say(`${machine} has not heard from a leader for over a second: it asks around whether it could win`, `${machine} lleva más de un segundo sin oír a un líder: pregunta si podría ganar`) // prettier-ignore

/** Somebody asks around, wins, or steps down. */
export function tellTurn({ tick, process }: NoteView, timeline: Timeline): NoteStep | undefined {
  const turn = plotOf(timeline).turns.get(tick)
  if (!turn) return undefined
  const machine = machineIn(process)
  const drawn = { kind: 'decision', label: '', from: undefined, failed: false } as const
  switch (turn.kind) {
    case 'asks':
      return { ...drawn, sentence: asksAround(machine) }
    case 'asks-in-vain':
      return { ...drawn, sentence: say(`${machine} asks around whether it could win: too few answer, so it does not stand`, `${machine} pregunta si ganaría: responden muy pocos, así que no se presenta`) } // prettier-ignore
    case 'wins':
      return { ...drawn, isMajor: true, sentence: say(`${machine} has the votes of ${turn.votes} of ${turn.of}: it leads in term ${turn.term}, and no other ever will`, `${machine} tiene ${turn.votes} votos de ${turn.of}: lidera en el mandato ${turn.term}, y nadie más lo hará en él`) } // prettier-ignore
    case 'steps-down':
      return { ...drawn, isMajor: true, sentence: say(`${machine} has not heard from a majority for a second: it leads no more`, `${machine} lleva un segundo sin oír a una mayoría: deja de liderar`) } // prettier-ignore
  }
}
