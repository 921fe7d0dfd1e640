/** What the museum's exhibits share: a bug of etcd that is played with a defect planted in our members, or as it was mended. */
import { html } from 'lit'
import type { StoryName, Timeline } from '../../simulation/protocol.ts'
import type { Choice, FigureDefinition, Outcome } from '../kit/figure-definition.ts'
import { raftShows, tellTurn } from '../kit/raft-lens.ts'
import { drawLogs } from '../kit/raft-logs.ts'
import { type TypedCommand, typedIn } from '../kit/raft-plot.ts'
import { drawRing } from '../kit/raft-ring.ts'
import { raftSentence } from '../kit/raft-sentences.ts'
import { drawTape } from '../kit/tape.ts'
import { isNarrow, type View } from '../kit/view.ts'
import { say } from '../kit/words.ts'

interface Exhibit {
  readonly id: string
  readonly story: StoryName
  /** Its name in the story. */
  readonly bug: string
  readonly question: string
  readonly choices: readonly Choice[]
  readonly outcome: (timeline: Timeline) => Outcome | undefined
}

const startOf = ({ events }: Timeline): number => events.find(({ kind }) => kind === 'command')?.tick ?? 0

export function exhibit({ id, story, bug, question, choices, outcome }: Exhibit): FigureDefinition {
  const mended = { edits: [{ find: ` bug=${bug}`, replace: '' }] }
  return {
    id,
    story: { story },
    inspects: 'keys',
    opening: startOf,
    lens: {
      shows: (event, timeline) => event.tick >= startOf(timeline) && raftShows(event, timeline),
      sentence: raftSentence,
      note: (note, timeline) => (note.tick < startOf(timeline) ? undefined : tellTurn(note, timeline)),
      isMajor: ({ kind }) => kind === 'fault' || kind === 'command',
    },
    prediction: { question, choices, outcome },
    tweaks: [
      {
        id: 'etcd',
        label: 'etcd',
        initial: 'bug',
        choices: [
          { value: 'bug', label: say('with the bug', 'con el error'), effect: { kind: 'story', request: {} } },
          { value: 'mended', label: say('as it was mended', 'corregido'), effect: { kind: 'story', request: mended } },
        ],
      },
    ],
    pace: ({ event }) => (event.verb.startsWith('Msg') ? 420 : 1300),
    draw,
  }
}

function draw(view: View) {
  if (view.frame.etcd.length === 0) return drawTape(view, undefined)
  const narrow = isNarrow(view)
  const ring = narrow ? view.width : Math.min(400, view.width * 0.46)
  const logs = narrow ? view.width : view.width - ring - 28
  return html`<div class="arena">${drawRing(view, ring)} ${drawLogs(view, logs)}</div>`
}

/** The last command of this kind, for this key and member; '' is any. */
export const lastTyped = (timeline: Timeline, op: string, key: string, endpoint = ''): TypedCommand | undefined =>
  typedIn(timeline).findLast(
    (typed) => typed.op === op && typed.key === key && (endpoint === '' || typed.endpoint === endpoint),
  )

/** What a read found. */
export const valueOf = (typed: TypedCommand | undefined): string | undefined =>
  typed?.ok === true ? typed.answer!.label.split(' · ')[1] : undefined
