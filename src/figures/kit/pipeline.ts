/** A request's way through the API server: the stages that it passes, the one that refuses it, and the store behind them. */
import { type SVGTemplateResult, type TemplateResult, html, nothing, svg } from 'lit'
import { type Rect, definitions, fitText, machine, process } from './shapes.ts'
import { type View, isNarrow } from './view.ts'
import { say } from './words.ts'

export const STAGES = ['authentication', 'authorization', 'admission', 'validation', 'storage'] as const
export type Stage = (typeof STAGES)[number]

/** One request, as the trace has it. */
export interface Journey {
  readonly client: string
  readonly label: string
  readonly name: string
  /** When it reached the API server. */
  readonly tick: number
  /** Whom the API server took the asker for; undefined: for nobody. */
  readonly user: string | undefined
  /** Why it may; undefined: it may not. */
  readonly reason: string | undefined
  /** When it reached etcd, and whether it was written there. */
  readonly writeTick: number | undefined
  readonly stored: boolean
  readonly answer: { readonly tick: number; readonly label: string } | undefined
  readonly refusedAt: Stage | undefined
}

const CLIENTS = ['kubectl', 'dashboard', 'program'] as const
const HINTS: Readonly<Record<Stage, () => string>> = {
  authentication: () => say('who are you?', '¿quién eres?'),
  authorization: () => say('may you?', '¿puedes?'),
  admission: () => say('what is filled in, and allowed?', '¿qué se añade y se admite?'),
  validation: () => say('is it sound?', '¿es válido?'),
  storage: () => say('still that version?', '¿aún esa versión?'),
}
const ROW = 40
const GAP = 8

export function drawPipeline(view: View, journeys: readonly Journey[]): TemplateResult {
  const { frame, width } = view
  const narrow = isNarrow(view)
  const now = journeys.findLast(({ tick }) => tick <= frame.tick)
  const settled = settledAt(now, frame.tick)
  const answered = settled === STAGES.length
  const top = narrow ? 66 : 1
  const left = narrow ? 1 : 150
  const server: Rect = { x: left, y: top, width: width - left - 1, height: 40 + STAGES.length * (ROW + GAP) + 6 }
  const store: Rect = { x: left, y: top + server.height + 14, width: server.width, height: 54 }
  const height = store.y + store.height + 1
  return html`<svg
      class="board pipeline"
      width=${width}
      height=${height}
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label=${summaryOf(now, settled, frame.store.revision)}
    >
      ${definitions()} ${CLIENTS.map((name, i) => drawClient(name, i, view, now))}
      <g class="on-control-plane">
        ${machine(server, 'kube-apiserver', 'control-plane', now ? `${now.label} ${now.name}` : '')}
        ${STAGES.map((stage, i) =>
          drawStage(
            stage,
            { x: server.x + 16, y: server.y + 38 + i * (ROW + GAP), width: server.width - 32, height: ROW },
            now,
            settled,
          ),
        )}
      </g>
      ${drawStore(store, now, answered, frame.store.revision)}
    </svg>
    <div class="below">${drawAnswers(view, journeys)}</div>`
}

function drawClient(name: string, i: number, view: View, now: Journey | undefined): SVGTemplateResult {
  const narrow = isNarrow(view)
  const wide = (view.width - 2 - 2 * GAP) / 3
  const rect = narrow
    ? { x: 1 + i * (wide + GAP), y: 6, width: wide, height: 34 }
    : { x: 1, y: 40 + i * 66, width: 116, height: 38 }
  const active = now?.client === name
  const { x, y, width, height } = rect
  const end = narrow ? `M${x + width / 2} ${y + height}v20` : `M${x + width} ${y + height / 2}h26`
  const head = narrow ? `translate(${x + width / 2} ${y + height + 20}) rotate(90)` : `translate(${x + width + 26} ${y + height / 2})` // prettier-ignore
  return svg`${process(rect, name, 'up', active ? 'active' : 'plain')}
    ${active ? svg`<g class="arrow solid moving"><path d=${end} class="arrow-line" /><path d="M-8 -5L0 0L-8 5" transform=${head} class="arrow-head" /></g>` : nothing}`
}

type Passed = 'passed' | 'refused' | 'ahead'

function stateOf(stage: Stage, now: Journey | undefined, settled: number): Passed {
  if (!now) return 'ahead'
  const place = STAGES.indexOf(stage)
  const refused = now.refusedAt === undefined ? Infinity : STAGES.indexOf(now.refusedAt)
  if (place > refused || place >= settled) return 'ahead'
  return place === refused ? 'refused' : 'passed'
}

/** How many stages have spoken: two when it arrives, four when it is on its way to the store, all when it is answered. */
function settledAt(now: Journey | undefined, tick: number): number {
  if (now?.answer !== undefined && now.answer.tick <= tick) return STAGES.length
  return now?.writeTick !== undefined && now.writeTick <= tick ? 4 : 2
}

function drawStage(stage: Stage, rect: Rect, now: Journey | undefined, settled: number): SVGTemplateResult {
  const { x, y, width, height } = rect
  const state = stateOf(stage, now, settled)
  const words = detailOf(stage, state, now)
  const sign = state === 'passed' ? '✓ ' : state === 'refused' ? '✕ ' : ''
  const from = 130
  return svg`<g class="stage ${state}">
    <rect x=${x} y=${y} width=${width} height=${height} rx="8" class="process-box" />
    ${state === 'refused' ? svg`<rect x=${x} y=${y} width=${width} height=${height} rx="8" fill="url(#refused)" />` : nothing}
    <text x=${x + 10} y=${y + 25} class="stage-name">${sign}${stage}</text>
    <text x=${x + from} y=${y + 25} class="stage-words">${fitText(words, width - from - 8, 12)}</text></g>`
}

function detailOf(stage: Stage, state: Passed, now: Journey | undefined): string {
  if (state === 'ahead' || !now) return HINTS[stage]()
  if (state === 'refused') return now.answer?.label ?? ''
  if (stage === 'authentication') return now.user ?? ''
  return stage === 'authorization' ? (now.reason ?? '') : ''
}

function drawStore(rect: Rect, now: Journey | undefined, answered: boolean, revision: number): SVGTemplateResult {
  const { x, y, width, height } = rect
  const written = answered && now?.stored === true
  const words = !answered
    ? ''
    : written
      ? say(`${now?.name} is written`, `${now?.name} queda escrito`)
      : now?.refusedAt
        ? say('untouched', 'intacto')
        : ''
  return svg`<g class="store-box"><rect x=${x} y=${y} width=${width} height=${height} rx="12" class=${written ? 'written' : ''} />
    <text x=${x + 14} y=${y + 32} class="stage-name">etcd</text>
    <text x=${x + 66} y=${y + 32} class="stage-words">${fitText(`${say('revision', 'revisión')} ${revision}${words ? `: ${words}` : ''}`, width - 76, 12.5)}</text></g>`
}

/** Every answer so far, in order. */
function drawAnswers({ frame }: View, journeys: readonly Journey[]): TemplateResult {
  return html`<ol class="answers">
    ${journeys
      .filter(({ answer }) => answer && answer.tick <= frame.tick)
      .map(
        ({ client, user, answer, refusedAt }) =>
          html`<li class=${refusedAt ? 'bad' : ''}>
            <b>${refusedAt ? '✕' : '✓'} ${answer!.label}</b> ${client}, ${user ?? say('unknown', 'desconocido')}
          </li>`,
      )}
  </ol>`
}

function summaryOf(now: Journey | undefined, settled: number, revision: number): string {
  const store = say(`The store is at revision ${revision}.`, `El almacén está en la revisión ${revision}.`)
  if (!now) return store
  const stages = STAGES.map((stage) => `${stage}: ${say(...WORDS[stateOf(stage, now, settled)])}`).join(', ')
  return `${now.label} ${now.name}, ${now.client}. ${stages}. ${store}`
}

const WORDS: Readonly<Record<Passed, [english: string, spanish: string]>> = {
  passed: ['passed', 'pasada'],
  refused: ['refused', 'rechazada'],
  ahead: ['not asked', 'sin preguntar'],
}
