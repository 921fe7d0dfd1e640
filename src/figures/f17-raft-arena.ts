/**
 * F17, the Raft arena. It cures: "even sizes are safer", "any node writes", "losing the leader loses data".
 *
 * Five members elect a leader, lose it, are cut into two and three, agree again, and take in a sixth; people write and read
 * all the while.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { StoryRequest, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawLogs } from './kit/raft-logs.ts'
import { raftShows, tellTurn } from './kit/raft-lens.ts'
import { drawRing } from './kit/raft-ring.ts'
import { machineIn, type Plot, plotOf, typedIn } from './kit/raft-plot.ts'
import { arenaTweaks } from './kit/raft-tweaks.ts'
import { raftSentence } from './kit/raft-sentences.ts'
import { drawSpan, type SpanMark } from './kit/span.ts'
import { isNarrow } from './kit/view.ts'
import { say } from './kit/words.ts'

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What was typed while the members were cut apart, by the side that it was sent to. */
export function splitOf(timeline: Timeline) {
  const cut = timeline.events.find(({ kind, verb }) => kind === 'fault' && verb === 'partition')
  const healed = timeline.events.find(({ kind, verb }) => kind === 'fault' && verb === 'heal')
  if (!cut || !healed) return undefined
  const during = typedIn(timeline).filter(({ tick }) => tick >= cut.tick && tick < healed.tick)
  const [first = ''] = cut.name.split(',')
  return { cut, healed, during, first }
}

function outcome(timeline: Timeline): Outcome | undefined {
  const split = splitOf(timeline)
  if (!split) return undefined
  const writes = split.during.filter(({ op }) => op === 'put')
  const taken = writes.filter(({ ok }) => ok)
  const stale = split.during.find(({ op, serializable }) => op === 'get' && serializable)
  const refused = split.during.find(({ op, serializable, ok }) => op === 'get' && !serializable && !ok)
  if (writes.length < 2 || !refused?.answer) return undefined
  const refusedWrites = writes.filter(({ ok }) => !ok).map(({ endpoint }) => endpoint)
  const value = taken.length === 0 ? 'nobody' : taken.length === writes.length ? 'both' : refusedWrites.includes('etcd-2') ? 'three' : 'two' // prettier-ignore
  const held = stale?.answer?.label.split(' · ')[1] ?? ''
  const [one] = taken
  return {
    value,
    sentence: one
      ? say(
          `the three elected a leader of their own and took the write. The two refused theirs, though the old leader was among them: they are no majority. Read from ${stale?.endpoint} alone, the color is still ${held}.`,
          `los tres eligieron un líder y aceptaron la escritura. Los dos rechazaron la suya, aunque el líder anterior estaba entre ellos: no son mayoría. Leído solo de ${stale?.endpoint}, el color sigue siendo ${held}.`,
        )
      : say(
          'two of four are no majority, and neither are the other two: nobody took a write. Four bear the loss of one, like three.',
          'dos de cuatro no son mayoría, y los otros dos tampoco: nadie aceptó una escritura. Cuatro soportan la pérdida de uno, igual que tres.',
        ),
    tick: refused.answer.tick,
  }
}

function marksOf(timeline: Timeline): SpanMark[] {
  const faults = timeline.events.filter(({ kind }) => kind === 'fault')
  const LABELS: Readonly<Record<string, (event: Described) => SpanMark>> = {
    crash: (event) => ({ at: event.at, label: machineIn(event.to), tone: 'bad' }),
    partition: ({ at }) => ({ at, label: say('cut', 'corte'), tone: 'bad' }),
    heal: ({ at }) => ({ at, label: say('mended', 'reparado'), tone: 'good' }),
    start: (event) => ({ at: event.at, label: machineIn(event.to), tone: 'plain' }),
    slowDisk: ({ at }) => ({ at, label: say('slow disk', 'disco lento'), tone: 'bad' }),
  }
  const leaders = [...plotOf(timeline).turns.values()].flatMap((turn): SpanMark[] =>
    turn.kind === 'wins'
      ? [{ at: turn.at, label: say(`term ${turn.term}`, `mandato ${turn.term}`), tone: 'good' }]
      : [],
  )
  return [...leaders, ...faults.flatMap((event) => LABELS[event.verb]?.(event) ?? [])].sort((a, b) => a.at - b.at)
}

/** The first act: somebody asks around. */
const openingOf = ({ turns }: Plot): number => Math.min(...[...turns.keys()])

const PACE: Readonly<Record<string, number>> = { MsgVote: 420, MsgVoteResp: 420, MsgApp: 420, MsgAppResp: 420 }

const four: Partial<StoryRequest> = { story: 'raft-four' }

export const figure: FigureDefinition = {
  id: 'F17',
  story: { story: 'raft-arena' },
  inspects: 'keys',
  opening: (timeline) => openingOf(plotOf(timeline)),
  lens: {
    shows: raftShows,
    sentence: raftSentence,
    note: tellTurn,
    isMajor: ({ kind, verb, failed, to }) =>
      kind === 'fault' || verb === 'etcdctl' || (failed && to.startsWith('laptop/')),
  },
  prediction: {
    question: say(
      'The members will be cut in two halves as equal as can be, the leader in the first. Who still takes writes?',
      'Los miembros se separarán en dos mitades lo más iguales posible, el líder en la primera. ¿Quién acepta aún escrituras?',
    ),
    choices: [
      { value: 'two', label: say('the two with the leader', 'los dos con el líder') },
      { value: 'three', label: say('the three without it', 'los tres sin él') },
      { value: 'both', label: say('both halves', 'ambas mitades') },
      { value: 'nobody', label: say('neither', 'ninguna') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'members',
      label: say('members', 'miembros'),
      initial: '5',
      choices: [
        { value: '5', label: say('five', 'cinco'), effect: { kind: 'story', request: {} } },
        { value: '4', label: say('four', 'cuatro'), effect: { kind: 'story', request: four } },
      ],
    },
    ...arenaTweaks,
  ],
  pace: ({ event }) => PACE[event.verb] ?? 1100,
  draw(view) {
    const narrow = isNarrow(view)
    const ring = narrow ? view.width : Math.min(400, view.width * 0.46)
    const logs = narrow ? view.width : view.width - ring - 28
    return html`<div class="arena">${drawRing(view, ring)} ${drawLogs(view, logs)}</div>
      <p class="key-line">
        <span
          ><i class="committed"></i> ${say('committed: a majority has it', 'confirmada: la tiene una mayoría')}</span
        >
        <span><i class="written"></i> ${say('written, not committed', 'escrita, sin confirmar')}</span>
        <span>${say('the number in a cell is the term', 'el número de la celda es el mandato')}</span>
        <span>${say('could win: if there were an election now', 'ganaría: si ahora hubiera una elección')}</span>
      </p>
      <div class="below">${drawSpan(view, marksOf(view.timeline))}</div>`
  },
}
