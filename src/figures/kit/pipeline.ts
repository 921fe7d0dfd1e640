/**
 * The API server's stages in the order in which a request passes them: a rail with a stop for each. What can be set is set where it
 * acts: at its stage. HTML, since most of it is words and controls; they wrap as the width wants it.
 */
import { type TemplateResult, html, nothing } from 'lit'
import { type Experiment, formatExperiment, parseExperiment, type Setting, SETTINGS } from './experiment.ts'
import { GATES, hintOf, stageName, WHAT_WORDS, WHO_WORDS } from './experiment-words.ts'
import { type Journey, type Passage, type Stage, STAGES } from './journey.ts'
import { stepOf, type View } from './view.ts'
import { say } from './words.ts'

/** A stage that is known to have spoken, and with which step that is told. */
export interface Told extends Passage {
  readonly eventTick: number
  readonly part: number
}

type Look = Passage['outcome'] | 'ahead' | 'skipped'

interface Row {
  readonly stage: Stage
  readonly look: Look
  readonly detail: string
  readonly isNow: boolean
}

const SIGNS: Readonly<Record<Look, string>> = {
  passed: '✓',
  changed: '✎',
  refused: '✕',
  unasked: '–',
  ahead: '',
  skipped: '',
}

export function drawPipeline(view: View, journey: Journey | undefined, told: readonly Told[]): TemplateResult {
  const { setup, frame } = view
  const experiment = parseExperiment(setup?.now ?? '')
  const hasRun = setup?.hasRun === true
  const arrange = (name: Setting, value: string): void =>
    setup?.arrange(formatExperiment({ ...experiment, [name]: value }))
  const step = stepOf(view)
  const seen = hasRun ? told.filter(({ eventTick, part }) => isTold(step, eventTick, part)) : []
  const isAnswered = hasRun && journey?.answer !== undefined && journey.answer.tick <= frame.tick
  const rows = STAGES.map((stage) => rowOf(stage, seen, journey, hasRun && view.index > 0))
  const arrived = hasRun && journey !== undefined && journey.request.tick <= frame.tick
  return html`<div class="pipeline">
    ${drawAsk(experiment, arrange)}
    <ol class="rail ${arrived ? 'arrived' : ''}" aria-label="kube-apiserver">
      ${rows.map((row) => drawRow(row, experiment, arrange))}
    </ol>
    ${drawStore(view, journey, isAnswered)} ${drawAnswer(isAnswered ? journey : undefined)}
  </div>`
}

const isTold = (step: ReturnType<typeof stepOf>, tick: number, part: number): boolean =>
  step !== undefined && (tick < step.event.tick || (tick === step.event.tick && part <= step.part))

function rowOf(stage: Stage, seen: readonly Told[], journey: Journey | undefined, isUnderWay: boolean): Row {
  const passage = seen.find((one) => one.stage === stage)
  const last = seen.at(-1)
  if (passage) return { stage, look: passage.outcome, detail: passage.detail, isNow: passage === last }
  // What comes after a refusal is not asked at all.
  const isOver = isUnderWay && last?.outcome === 'refused' && last.stage === journey?.refusedAt
  return { stage, look: isOver ? 'skipped' : 'ahead', detail: '', isNow: false }
}

// ── who and what ────────────────────────────────────────────────────────────────────────────────────────────────────

type Arrange = (name: Setting, value: string) => void

function drawAsk({ who, what }: Experiment, arrange: Arrange): TemplateResult {
  return html`<fieldset class="askers">
      <legend>${say('Who asks', 'Quién pide')}</legend>
      ${WHO_WORDS.map(
        ([value, name, shows]) =>
          html`<label class="asker ${value === who ? 'chosen' : ''}"
            ><input
              type="radio"
              name="who"
              .value=${value}
              .checked=${value === who}
              @change=${() => arrange('who', value)}
            /><b>${name}</b><small>${shows}</small></label
          >`,
      )}
    </fieldset>
    <label class="wish"
      ><span>${say('for what', 'qué')}</span>
      <select @change=${(event: Event) => arrange('what', (event.target as HTMLSelectElement).value)}>
        ${WHAT_WORDS.map(([value, name]) => html`<option value=${value} ?selected=${value === what}>${name}</option>`)}
      </select></label
    >`
}

// ── stages ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function drawRow({ stage, look, detail, isNow }: Row, experiment: Experiment, arrange: Arrange): TemplateResult {
  const spoken = look === 'passed' || look === 'changed' || look === 'refused'
  const words = spoken ? detail || wordsOf(look) : look === 'unasked' ? unaskedWords(stage, experiment) : hintOf(stage)
  return html`<li class="stop ${look} ${isNow ? 'now' : ''}">
    <span class="sign" aria-hidden="true">${SIGNS[look]}</span>
    <b>${stageName(stage)}</b>
    <span class="detail"
      ><span class="visually-hidden">${look === 'ahead' ? '' : `${wordsOf(look)}: `}</span>${words}</span
    >
    <span class="gates">${GATES[stage]?.map((gate) => drawGate(gate, experiment, arrange)) ?? nothing}</span>
  </li>`
}

function drawGate(
  { setting, label, choices }: (typeof GATES)[string][number],
  experiment: Experiment,
  arrange: Arrange,
): TemplateResult {
  const now = experiment[setting]
  const isOther = now !== SETTINGS[setting][0]
  return html`<label class="gate ${isOther ? 'other' : ''}"
    ><span>${label}</span>
    <select @change=${(event: Event) => arrange(setting, (event.target as HTMLSelectElement).value)}>
      ${choices.map(([value, name]) => html`<option value=${value} ?selected=${value === now}>${name}</option>`)}
    </select></label
  >`
}

const wordsOf = (look: Look): string =>
  ({
    passed: say('passed', 'pasada'),
    changed: say('changed', 'cambiado'),
    refused: say('refused', 'rechazada'),
    unasked: say('not asked', 'sin preguntar'),
    ahead: '',
    skipped: say('not reached', 'no alcanzada'),
  })[look]

/** Why a stage has nothing to say. */
function unaskedWords(stage: Stage, { what, authorization, quota }: Experiment): string {
  switch (stage) {
    case 'impersonation':
      return say('nobody else is meant', 'no se habla por nadie más')
    case 'authorization':
      return authorization === 'off' ? say('AlwaysAllow: nobody is refused', 'AlwaysAllow: no se rechaza a nadie') : ''
    case 'mutating':
    case 'validation':
    case 'validating':
      if (what === 'secret') return say('a read does not pass here', 'una lectura no pasa por aquí')
      return what === 'stale' ? say('it has not come to that', 'no se llega hasta aquí') : say('nothing to do', 'nada que hacer') // prettier-ignore
    case 'quota':
      if (what === 'secret' || what === 'stale') return say('nothing is counted', 'no se cuenta nada')
      return quota === 'off' ? say('there is none here', 'aquí no hay ninguna') : ''
    default:
      return ''
  }
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

function drawStore({ frame }: View, journey: Journey | undefined, isAnswered: boolean): TemplateResult {
  const { revision } = frame.store
  const isWritten = isAnswered && journey?.isStored === true
  const name = journey?.request.name ?? ''
  const words = !isAnswered
    ? ''
    : isWritten
      ? say(`${name} is written`, `${name} queda escrito`)
      : journey?.answer?.failed
        ? journey.write
          ? say(`nothing of ${name} is written; the quota has been charged, and is counted anew`, `de ${name} no se escribe nada; la cuota se ha cargado y se volverá a contar`) // prettier-ignore
          : say('untouched', 'intacto')
        : say(`${name} is read`, `${name} se lee`)
  return html`<p class="store-line ${isWritten ? 'written' : ''}">
    <b>etcd</b>
    <span class="mono">${say('revision', 'revisión')} ${revision}</span>
    ${words ? html`<span>${words}</span>` : nothing}
  </p>`
}

function drawAnswer(journey: Journey | undefined): TemplateResult {
  const answer = journey?.answer
  const refusal = journey?.passages.find(({ outcome }) => outcome === 'refused')
  return html`<p class="answer-line ${answer?.failed ? 'bad' : ''}">
    <span>${say('the answer', 'la respuesta')}</span>
    ${answer ? html`<b class="mono">${answer.label}</b>${refusal ? html` <span class="why">${refusal.detail}</span>` : nothing}` : nothing}
  </p>`
}
