/**
 * F01, the role board. It cures: "master and worker are different software", and "workers hold the kubelet, masters do not".
 *
 * The reader puts parts onto machines and boots them; what is missing shows as one symptom, in the cluster's own words.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { NoteView, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { isAnswered, loadOf } from './kit/load-strip.ts'
import './kit/role-board-element.ts'
import { isControlPlane } from './kit/role-board.ts'
import { sentenceOf } from './kit/sentences.ts'
import { isEnd, type NoteStep } from './kit/steps.ts'
import { type Diagnosis, type Verdict, diagnose, nobodyAnswers } from './kit/symptoms.ts'
import { type View, stepOf } from './kit/view.ts'
import { say } from './kit/words.ts'

/** As the story has it. */
const INITIAL = [
  'machine m1 etcd kube-apiserver kube-controller-manager kube-scheduler',
  'machine m2 kubelet containerd flanneld kube-proxy',
  'machine m3 kubelet containerd flanneld kube-proxy',
].join('\n')

const PROGRAM = /\/(etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kubelet|containerd|flanneld|kube-proxy)$/

/** The first of its kind only: a request that is refused again and again, a node that is told to be Ready. */
const isFirst = (event: Described, timeline: Timeline): boolean =>
  timeline.events.find(
    ({ kind, label, name, to, from }) =>
      kind === event.kind && label === event.label && name === event.name && to === event.to && from === event.from,
  )?.tick === event.tick

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, verb, resource, to, from, remark } = event
  const isAsked = kind === 'request' && to.endsWith('/kube-apiserver')
  switch (kind) {
    case 'command':
      return true
    case 'start':
      return PROGRAM.test(to) || to.includes('/web_')
    case 'decision':
      return /no node|nodes fit/.test(remark) && isFirst(event, timeline)
    case 'lost':
      return (to.endsWith('/kubectl') || to.endsWith('/kubelet')) && isFirst(event, timeline)
    case 'request':
      if (!isAsked) return false
      if (verb === 'POST') return /^(?:nodes|deployments|replicasets|pods|pods\/binding)$/.test(resource)
      return verb === 'PATCH' && resource === 'nodes/status' && from?.endsWith('/kubelet') === true && timeline.events.filter((other) => other.from === from && other.label === event.label && other.tick < event.tick).length < 2 // prettier-ignore
    default:
      return false
  }
}

function tellAnswer({ tick, detail }: NoteView, timeline: Timeline): NoteStep | undefined {
  const load = loadOf(timeline, 'client')
  const at = load.findIndex((one) => one.tick === tick)
  const isNews = at >= 0 && at < load.length && load[at - 1]?.answer.status !== load[at]!.answer.status
  if (!isNews) return undefined
  const { status, text } = detail as { status: number; text: string }
  const answered = status === 200
  return {
    kind: 'packet',
    label: answered ? '200 OK' : text,
    from: undefined,
    failed: !answered,
    isMajor: true,
    sentence: answered
      ? say(`The client asks the Service and is answered: ${text}`, `El cliente pregunta al Service y recibe respuesta: ${text}`) // prettier-ignore
      : say(`The client asks the Service in vain: ${text}`, `El cliente pregunta al Service en vano: ${text}`),
  }
}

const VERDICTS: Readonly<Record<Verdict, () => string>> = {
  well: () => say('web runs, and its Service answers', 'web funciona y su Service responde'),
  'silent-service': () => say('web runs; its Service does not answer', 'web funciona; su Service no responde'),
  pending: () => say('Pods are made, and do not run', 'se crean Pods, y no se ejecutan'),
  'no-pods': () => say('not even Pods of web are made', 'ni siquiera se crean Pods de web'),
  'no-api': () => say('the API answers nobody', 'la API no responde a nadie'),
}

/**
 * The verdict by the trace alone, where no frame is at hand: what was asked and answered, and the notes of the client.
 */
function verdictOf(timeline: Timeline): Verdict {
  if (nobodyAnswers(timeline) !== undefined) return 'no-api'
  if (!timeline.events.some(({ verb, resource }) => verb === 'txn put' && resource === 'replicasets')) return 'no-pods'
  const last = loadOf(timeline, 'client').at(-1)?.answer
  const runs = timeline.events.some(({ kind, to }) => kind === 'start' && to.includes('/web_'))
  if (!runs || !last) return 'pending'
  return last.status === 200 ? 'well' : 'silent-service'
}

function outcome(timeline: Timeline): Outcome | undefined {
  const value = verdictOf(timeline)
  const answered = loadOf(timeline, 'client').find(isAnswered)
  const last = timeline.events.at(-1)?.tick ?? 0
  const missing = value === 'well' ? say('Nothing is missing that this needs.', 'No falta nada de lo que hace falta.') : say('Below stands what each part that is missing does.', 'Abajo está lo que causa cada parte que falta.') // prettier-ignore
  return { value, sentence: `${VERDICTS[value]()}. ${missing}`, tick: value === 'well' ? answered!.tick : last }
}

function drawSymptoms({ symptoms }: Diagnosis): TemplateResult {
  return html`<ul class="symptoms">
    ${symptoms.map(
      ({ sentence, quote, isGood }) =>
        html`<li class=${isGood ? 'good' : 'bad'}>
          <span>${isGood ? '✓' : '✕'} ${sentence}</span>${quote ? html`<q>${quote}</q>` : nothing}
        </li>`,
    )}
  </ul>`
}

function draw(view: View): TemplateResult {
  const { setup, frame, kept = [], timeline } = view
  const step = stepOf(view)
  const hasRun = setup?.hasRun === true
  const end = kept[0]?.frame
  const over = hasRun && end !== undefined && (step === undefined || isEnd(step))
  const waiting = frame.pods.filter(({ node, namespace }) => hasRun && !node && namespace === 'default').map(({ name }) => name) // prettier-ignore
  return html`<cw-role-board
      .setup=${setup?.now ?? INITIAL}
      .frame=${hasRun ? frame : undefined}
      .active=${step?.event.to}
      .arrange=${setup?.arrange}
    ></cw-role-board>
    ${waiting.length > 0 ? html`<p class="waiting-pods">${say('Pods without a node:', 'Pods sin nodo:')} ${waiting.join(', ')}</p>` : nothing}
    ${over ? drawSymptoms(diagnose(timeline, end)) : nothing}`
}

export const figure: FigureDefinition = {
  id: 'F01',
  story: { story: 'role-board' },
  inspects: 'nodes',
  opening: () => 0,
  keeps: ({ end }) => [{ label: 'end', tick: end.tick }],
  setup: {
    initial: INITIAL,
    request: (setup) => {
      const before = INITIAL.split('\n')
      const edits = setup.split('\n').flatMap((line, i) => (line === before[i] ? [] : [{ find: before[i]!, replace: line }])) // prettier-ignore
      return { edits }
    },
  },
  lens: {
    shows,
    note: tellAnswer,
    sentence: (event) =>
      event.kind === 'start' && PROGRAM.test(event.to)
        ? say(`${event.to.split('/')[0]} starts ${event.to.split('/')[1]}`, `${event.to.split('/')[0]} arranca ${event.to.split('/')[1]}`) // prettier-ignore
        : sentenceOf(event),
    isMajor: ({ kind, verb, to }) => kind === 'command' || kind === 'lost' || verb === 'POST' || (kind === 'start' && isControlPlane(to.split('/')[1]!)), // prettier-ignore
  },
  prediction: {
    question: say(
      'Boot this board, and create a Deployment web, its Service, and a client. What will you see?',
      'Arranca este tablero y crea un Deployment web, su Service y un cliente. ¿Qué verás?',
    ),
    choices: (Object.keys(VERDICTS) as Verdict[]).map((value) => ({ value, label: VERDICTS[value]() })),
    outcome,
  },
  tweaks: [],
  pace: ({ event }) => (event.kind === 'start' ? 350 : 900),
  draw,
}
