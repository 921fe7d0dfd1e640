/**
 * F07, aggregation. It cures: "to extend the API is to patch the API server".
 *
 * One APIService is there for metrics-server; another is registered for a server of somebody's own. Then the server behind one of them
 * goes away.
 */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Edit, NoteView, StoryRequest, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawAggregation } from './kit/aggregation.ts'
import { type Asked, askedIn } from './kit/asked.ts'
import { sentenceOf } from './kit/sentences.ts'
import type { NoteStep } from './kit/steps.ts'
import { say } from './kit/words.ts'

const ORDERS = '/apis/shop.example.com/v1/orders'
const SCALE = 'kubectl scale deployment metrics-server'
const METRICS = 'v1beta1.metrics.k8s.io'

const startOf = ({ events }: Timeline): number =>
  events.find(({ kind, label }) => kind === 'command' && label.includes(ORDERS))?.tick ?? 0

interface Cast {
  readonly start: number
  readonly asked: readonly Asked[]
  readonly steps: ReadonlyMap<number, Asked>
}

const casts = new WeakMap<Timeline, Cast>()

function castOf(timeline: Timeline): Cast {
  let cast = casts.get(timeline)
  if (!cast) {
    const start = startOf(timeline)
    const asked = askedIn(timeline, start)
    const steps = new Map(asked.flatMap((one) => [one.request, one.behind, one.answer].flatMap((event) => (event ? [[event.tick, one] as const] : [])))) // prettier-ignore
    casts.set(timeline, (cast = { start, asked, steps }))
  }
  return cast
}

// ── sentences ───────────────────────────────────────────────────────────────────────────────────────────────────────

function sentence(event: Described, timeline: Timeline): string {
  const { kind, label } = event
  if (kind === 'command' && label.startsWith('kubectl apply')) return say('Somebody applies a Service for the server outside, and an APIService that says what it answers for', 'Alguien aplica un Service para el servidor de fuera y un APIService que dice por qué responde') // prettier-ignore
  if (kind === 'command') return sentenceOf(event)
  const asked = castOf(timeline).steps.get(event.tick)
  if (!asked) return sentenceOf(event)
  if (event === asked.answer) return say(`The answer: ${label}`, `La respuesta: ${label}`)
  if (event === asked.behind)
    return say(`It is passed on to ${asked.passed!.to}, with who asks in a header: X-Remote-User: ${asked.passed!.user}`, `Se pasa a ${asked.passed!.to}, con quién pide en una cabecera: X-Remote-User: ${asked.passed!.user}`) // prettier-ignore
  return arrives(asked)
}

function arrives({ request, passed, refused, answer }: Asked): string {
  const { label } = request
  if (refused !== undefined)
    return say(`${label} comes from ${refused}, and no rule allows it: the server behind is not even asked`, `${label} llega de ${refused}, y ninguna regla lo permite: al servidor de detrás ni se le pregunta`) // prettier-ignore
  if (passed)
    return say(`${label} comes from ${passed.user}, who may. ${passed.apiService} says who answers for that group`, `${label} llega de ${passed.user}, que puede. ${passed.apiService} dice quién responde por ese grupo`) // prettier-ignore
  if (answer?.verb === '503')
    return say(`${label} comes from somebody who may; whoever answers for that group is not available`, `${label} llega de alguien que puede; quien responde por ese grupo no está disponible`) // prettier-ignore
  if (answer?.verb === '404')
    return say(`${label} comes; nobody answers for such a group`, `Llega ${label}; nadie responde por un grupo así`)
  return say(`${label} comes: for that group the API server itself answers`, `Llega ${label}: por ese grupo responde el propio servidor de API`) // prettier-ignore
}

/** What the API server finds out about the servers behind. */
function tell({ kind, tick, detail }: NoteView, timeline: Timeline): NoteStep | undefined {
  if (kind !== 'api-service' || tick < startOf(timeline)) return undefined
  const { name, available, reason } = detail as { name: string; available: boolean; reason: string }
  return {
    kind: 'decision',
    label: `${name}: Available=${available ? 'True' : 'False'}`,
    from: undefined,
    failed: !available,
    isMajor: true,
    sentence: available
      ? say(`The API server has asked the server behind ${name} what it has: Available=True`, `El servidor de API ha preguntado al servidor de ${name} qué tiene: Available=True`) // prettier-ignore
      : say(`The API server finds nobody behind ${name}: Available=False, ${reason}`, `El servidor de API no encuentra a nadie tras ${name}: Available=False, ${reason}`), // prettier-ignore
  }
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The answers after a server has gone, by what was asked for. */
export function answersAfter(timeline: Timeline): ReadonlyMap<string, string> {
  const broken = timeline.events.find(({ tick, kind, label }) => tick > startOf(timeline) && ((kind === 'command' && label.startsWith(SCALE)) || kind === 'fault')) // prettier-ignore
  const asked = castOf(timeline).asked.filter(({ typed }) => broken && typed.tick > broken.tick)
  return new Map(asked.flatMap(({ request, answer }) => (answer ? [[request.resource, answer.verb] as const] : [])))
}

function outcome(timeline: Timeline): Outcome | undefined {
  const answers = answersAfter(timeline)
  const wanted = ['deployments', 'nodes', 'orders'].map((resource) => answers.get(resource))
  const last = castOf(timeline).asked.at(-1)?.answer
  if (wanted.includes(undefined) || !last || timeline.forked) return undefined
  const [own, metrics, orders] = wanted.map((code) => code === '200')
  const value = own && metrics && orders ? 'all' : own && (metrics || orders) ? 'others' : own ? 'own' : 'none'
  const gone = metrics ? 'shop.example.com' : 'metrics.k8s.io'
  return {
    value,
    tick: last.tick,
    sentence: say(
      `only ${gone} answers 503. Deployments come from etcd, and the other group from a server of its own.`,
      `solo ${gone} responde 503. Los Deployments vienen de etcd, y el otro grupo de un servidor propio.`,
    ),
  }
}

const STOP: Edit = {
  find: 'kubectl scale deployment metrics-server -n kube-system --replicas=0\n----\ndeployment.apps/metrics-server scaled\n\nrun 5s\n',
  replace: 'fault stop process=shop/orders\n----\n\nrun 35s\n',
}

const now = (value: string, label: string, changes: readonly Change[], extraMicros = 6_000_000) => ({
  value,
  label,
  effect: { kind: 'fork' as const, changes: () => changes, extraMicros },
})
let call = 700_000
function tellProgram(more: object): Change {
  const body = { type: 'rest', id: ++call, method: 'GET', path: ORDERS, ...more }
  return { command: { type: 'tell', process: 'laptop/program', body } }
}
const ADMIN = { certificate: { name: 'kubernetes-admin', groups: ['system:masters'] } }
const GRANT = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: order-reader }
rules: [{ apiGroups: [shop.example.com], resources: [orders], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ana-reads-orders }
subjects: [{ kind: User, name: ana }]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: order-reader }
`

export const figure: FigureDefinition = {
  id: 'F07',
  story: { story: 'aggregation' },
  inspects: 'apiservices',
  opening: startOf,
  lens: {
    shows: (event, timeline) => {
      const { start, steps } = castOf(timeline)
      if (event.tick < start) return false
      return event.kind === 'command' || event.kind === 'fault' || steps.has(event.tick)
    },
    sentence,
    note: tell,
    isMajor: ({ kind, failed }) => kind === 'fault' || failed,
  },
  prediction: {
    question: say(
      'Two servers stand behind the API server: metrics-server, and one of your own. One of them goes away. What is still answered?',
      'Detrás del servidor de API hay otros dos: metrics-server y uno tuyo. Uno de ellos desaparece. ¿Qué se sigue respondiendo?',
    ),
    choices: [
      { value: 'others', label: say('all but its own group', 'todo menos su grupo') },
      { value: 'own', label: say('only what is in etcd', 'solo lo que está en etcd') },
      { value: 'none', label: say('nothing', 'nada') },
      { value: 'all', label: say('everything, from a cache', 'todo, desde una caché') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'gone',
      label: say('what goes away', 'qué desaparece'),
      initial: 'metrics',
      choices: [
        { value: 'metrics', label: 'metrics-server', effect: { kind: 'story', request: {} } },
        { value: 'orders', label: say('your own server', 'tu servidor'), effect: { kind: 'story', request: { edits: [STOP] } satisfies Partial<StoryRequest> } }, // prettier-ignore
      ],
    },
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        now('top', 'kubectl top nodes', [{ kubectl: ['top', 'nodes'] }]),
        now('orders', say('ask for orders', 'pide los pedidos'), [tellProgram(ADMIN)]),
        now('ana', say('ask for orders, as Ana', 'pide los pedidos, como Ana'), [
          tellProgram({ token: 'token-of-ana' }),
        ]),
        now('grant', say('give Ana the right to', 'dale a Ana permiso'), [{ kubectl: ['apply', '-f', '-'], input: GRANT }]), // prettier-ignore
        now('back', say('bring metrics-server back', 'recupera metrics-server'), [{ kubectl: ['scale', 'deployment', 'metrics-server', '-n', 'kube-system', '--replicas=1'] }], 40_000_000), // prettier-ignore
        now('delete', `kubectl delete apiservice ${METRICS}`, [{ kubectl: ['delete', 'apiservice', METRICS] }]),
      ],
    },
  ],
  draw: (view) => drawAggregation(view, castOf(view.timeline).asked),
}
