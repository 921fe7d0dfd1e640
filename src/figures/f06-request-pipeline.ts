/**
 * F06, the request pipeline. It cures: "RBAC is the only gate", and "admission is validation".
 *
 * The reader puts a request together, sets the stages, says which of them will refuse it, and sends it through the real chain.
 */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { editsFor, INITIAL } from './kit/experiment.ts'
import { stageName } from './kit/experiment-words.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { isForStore, isWebhook, type Journey, journeyOf, type Passage, type Stage, startOf } from './kit/journey.ts'
import { drawPipeline, type Told } from './kit/pipeline.ts'
import { credentialEs } from './kit/sentences-es.ts'
import { sentenceOf } from './kit/sentences.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

interface Run {
  readonly journey: Journey | undefined
  /** The messages that are steps. */
  readonly shown: ReadonlySet<number>
  readonly told: readonly Told[]
}

const runs = new WeakMap<Timeline, Run>()

function runOf(timeline: Timeline): Run {
  let run = runs.get(timeline)
  if (!run) runs.set(timeline, (run = follow(timeline)))
  return run
}

function follow(timeline: Timeline): Run {
  const journey = journeyOf(timeline)
  const shown = new Set([startOf(timeline)])
  if (!journey) return { journey, shown, told: [] }
  const { request, answer } = journey
  const last = answer?.tick ?? Infinity
  for (const event of timeline.events) {
    if (event.tick < request.tick || event.tick > last) continue
    const isOurs = event === request || event === answer || isWebhook(event) || isForStore(journey, event)
    if (isOurs) shown.add(event.tick)
  }
  return { journey, shown, told: toldBy(journey.passages, [...shown].slice(1).sort((a, b) => a - b)) } // prettier-ignore
}

/** Each stage is told with the message after which its word is known. */
function toldBy(passages: readonly Passage[], ticks: readonly number[]): readonly Told[] {
  const parts = new Map<number, number>()
  return passages.map((passage) => {
    const eventTick = ticks.findLast((tick) => tick <= passage.tick) ?? ticks[0]!
    // Where nothing is said there is no step: it shows with the stage before.
    const part = (parts.get(eventTick) ?? 0) + (isSaid(passage) ? 1 : 0)
    parts.set(eventTick, part)
    return { ...passage, eventTick, part }
  })
}

/** The store's word is the answer itself. */
const isSaid = ({ outcome, stage }: Passage): boolean => outcome !== 'unasked' && stage !== 'storage'

// ── sentences ───────────────────────────────────────────────────────────────────────────────────────────────────────

function sentence(event: Described, timeline: Timeline): string {
  const { journey } = runOf(timeline)
  const { kind, label, name } = event
  if (kind === 'command') return say(`Somebody asks: ${label}`, `Alguien pide: ${credentialEs(label)}`)
  if (event === journey?.request) return say(`${label} ${name} comes to the API server`, `${label} ${name} llega al servidor de API`) // prettier-ignore
  if (event === journey?.answer) return say(`The answer: ${label}`, `La respuesta: ${label}`)
  if (isWebhook(event)) return webhookSentence(event)
  if (event.resource === 'resourcequotas') return say(`It is charged to the quota ${name}, before it is written`, `Se carga a la cuota ${name} antes de escribirlo`) // prettier-ignore
  if (event.verb.startsWith('txn')) return say(`Every stage has let it pass: etcd is to write ${name}, if nobody has been faster`, `Todas las etapas lo dejan pasar: etcd ha de escribir ${name}, si nadie se ha adelantado`) // prettier-ignore
  return sentenceOf(event)
}

function webhookSentence({ to, kind }: Described): string {
  if (kind === 'lost') return say('The webhook’s server does not answer', 'El servidor del webhook no responde')
  return to.startsWith('policy/')
    ? say('The API server asks the webhook, and waits', 'El servidor de API pregunta al webhook y espera')
    : say('The webhook has made up its mind', 'El webhook ha decidido')
}

const VERBS: Readonly<Record<string, () => string>> = {
  passed: () => say('', ''),
  changed: () => say('fills in ', 'completa '),
  refused: () => say('refuses: ', 'rechaza: '),
}

function stageSentence({ stage, outcome, detail }: Passage): string {
  const words = detail || say('all is well', 'todo en orden')
  const name = stageName(stage)
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${VERBS[outcome]?.() ?? ''}${words}`
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

const CHOICES: readonly Stage[] = ['authentication', 'impersonation', 'authorization', 'mutating', 'validation', 'validating', 'quota', 'storage'] // prettier-ignore

function outcome(timeline: Timeline): Outcome | undefined {
  const { journey } = runOf(timeline)
  if (!journey?.answer) return undefined
  const { passages, refusedAt, answer } = journey
  const { tick, label } = answer
  if (refusedAt === undefined) {
    const changed = passages.some((one) => one.outcome === 'changed')
    const more = changed ? say(' What is stored is not what was sent: mutating admission has filled in the rest.', ' Lo que se guarda no es lo que se envió: la admisión ha completado el resto.') : '' // prettier-ignore
    return { value: 'none', tick, sentence: say(`no stage refused it: ${label}.`, `ninguna etapa la rechazó: ${label}.`) + more } // prettier-ignore
  }
  const isAllowed = passages.some(({ stage, outcome: one }) => stage === 'authorization' && one === 'passed')
  const had = isAllowed ? say('Authorization had said yes. ', 'La autorización había dicho que sí. ') : ''
  const store = journey.write ? '' : say('The store is untouched.', 'El almacén está intacto.')
  const who = stageName(refusedAt)
  return { value: refusedAt, tick, sentence: `${say(`${who} refused it: ${label}.`, `la rechazó ${who}: ${label}.`)} ${had}${store}`.trim() } // prettier-ignore
}

export const figure: FigureDefinition = {
  id: 'F06',
  story: { story: 'request-pipeline' },
  inspects: 'pods',
  opening: startOf,
  setup: { initial: INITIAL, request: (setup) => ({ edits: editsFor(setup) }) },
  lens: {
    shows: (event, timeline) => runOf(timeline).shown.has(event.tick),
    sentence,
    parts: ({ tick }, timeline) => runOf(timeline).told.filter((one) => one.eventTick === tick && isSaid(one)).map(stageSentence), // prettier-ignore
    isMajor: ({ kind, to, failed }) => kind === 'command' || failed || to === 'cp-1/etcd',
  },
  prediction: {
    question: say(
      'Ana may create Pods. This request goes in at the top; choose another one if you like. Which stage refuses it?',
      'Ana puede crear Pods. Esta petición entra por arriba; elige otra si quieres. ¿Qué etapa la rechaza?',
    ),
    choices: [
      ...CHOICES.map((stage) => ({ value: stage, label: stageName(stage) })),
      { value: 'none', label: say('none', 'ninguna') },
    ],
    outcome,
  },
  tweaks: [],
  draw: (view: View) => {
    const { journey, told } = runOf(view.timeline)
    return drawPipeline(view, journey, told)
  },
}
