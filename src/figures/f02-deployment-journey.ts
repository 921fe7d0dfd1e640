/**
 * F02, a Deployment's journey. It cures: "the control plane pushes Pods to nodes".
 *
 * Of all that happens, the picture follows one Pod of the three, from what somebody types to the rules of kube-proxy.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Timeline } from '../simulation/protocol.ts'
import { drawBoard } from './kit/board.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { actorEs } from './kit/sentences-es.ts'
import { actor, sentenceOf } from './kit/sentences.ts'
import { drawSequence } from './kit/sequence.ts'
import { stepOf, type View } from './kit/view.ts'
import { say } from './kit/words.ts'

const NAME = 'web'

interface Cast {
  /** First tick of the journey. */
  readonly start: number
  /** The Pod that is followed: the first that the scheduler decided about. */
  readonly pod: string
  /** Ticks of the steps of the journey. */
  readonly ticks: ReadonlySet<number>
}

const casts = new WeakMap<Timeline, Cast>()

function castOf(timeline: Timeline): Cast {
  let cast = casts.get(timeline)
  if (!cast) casts.set(timeline, (cast = follow(timeline)))
  return cast
}

const isOurs = (name: string): boolean => name === NAME || name.startsWith(`${NAME}-`)

function follow({ events }: Timeline): Cast {
  const asked = events.find(
    ({ verb, resource, name }) => verb === 'POST' && resource === 'deployments' && name === NAME,
  )
  const start = events.findLast(({ kind, tick }) => kind === 'command' && tick < (asked?.tick ?? 0))?.tick ?? 0
  const scheduled = events.find(
    ({ tick, kind, remark }) => tick > start && kind === 'decision' && remark.includes(`default/${NAME}-`),
  )
  const created = events.find(
    ({ tick, verb, resource, name }) => tick > start && verb === 'txn put' && resource === 'pods' && isOurs(name),
  )
  const pod =
    (scheduled && /default\/(\S+?):?(?= |:|$)/.exec(scheduled.remark)?.[1]?.replace(/:$/, '')) ?? created?.name ?? ''
  const seen = new Set<string>()
  const ticks = new Set<number>()
  const byTick = new Map(events.map((event) => [event.tick, event]))
  for (const event of events) {
    if (event.tick < start) continue
    const key = keyOf(event, pod)
    if (key === undefined || seen.has(key)) continue
    // A kube-proxy has other rules to write too: those of the journey come after its endpoints.
    if (key.startsWith('rules ') && !seen.has(`endpointslices ${event.to.split('/')[0]}/kube-proxy`)) continue
    // What is typed later about other things is another story.
    if (event.kind === 'command' && event.tick > start && !event.label.includes('get')) continue
    seen.add(key)
    ticks.add(event.tick)
    // A Pod has no name yet while it is asked for: the request is known by what came of it.
    const cause = byTick.get(event.cause)
    if (event.verb === 'txn put' && cause?.verb === 'POST') ticks.add(cause.tick)
  }
  return { start, pod, ticks }
}

const REPORTED = ['deployments', 'replicasets', 'services', 'endpointslices']

/** What makes an event a step of the journey: of equals only the first counts. Undefined: it is none. */
function keyOf(event: Described, pod: string): string | undefined {
  const { kind, verb, resource, name, to, label } = event
  const machine = to.split('/')[0]
  switch (kind) {
    case 'command':
    case 'fault':
    case 'lost':
      return `${kind} ${label} ${event.tick}`
    case 'request':
      if (verb === 'txn put' && (name === pod || (REPORTED.includes(resource) && isOurs(name)))) {
        return resource === 'pods' ? `txn ${event.cause}` : `txn ${resource}`
      }
      if (verb === 'POST' && REPORTED.includes(resource) && isOurs(name)) return `POST ${resource}`
      if (verb === 'POST' && resource === 'pods/binding' && name === pod) return 'binding'
      if (verb === 'PATCH' && resource === 'pods/status' && name === pod) return `status ${event.tick}`
      return undefined
    case 'watch':
      return watchKey(event, pod)
    case 'decision':
      return event.remark.includes(pod) ? `decision ${verb}` : undefined
    case 'cri':
    case 'criReply':
      return belongs(event, pod) ? `${kind} ${label}` : undefined
    case 'cni':
    case 'cniResult':
      return name === pod ? `${kind} ${label}` : undefined
    case 'start':
      return name.includes(pod) ? `start ${label}` : undefined
    case 'syscall':
      return to.endsWith('/linux') && label.includes('iptablesRestore') ? `rules ${machine}` : undefined
    default:
      return undefined
  }
}

/** Calls about containers name the container, not the Pod: they count on the machine of the Pod, by their order. */
const belongs = ({ name, verb }: Described, pod: string): boolean =>
  name === pod ||
  ((verb === 'CreateContainer' || verb === 'StartContainer' || verb === 'PullImage') && (name === NAME || name === ''))

function watchKey({ verb, resource, name, to }: Described, pod: string): string | undefined {
  if (resource === 'pods')
    return name === pod && !to.endsWith('/kube-apiserver') && !/\/coredns/.test(to)
      ? `${verb} ${to} ${verb === 'ADDED'}`
      : undefined
  if (!REPORTED.includes(resource) || !isOurs(name)) return undefined
  if (to.endsWith('/kube-proxy')) return resource === 'endpointslices' ? `${resource} ${to}` : undefined
  return verb === 'ADDED' && to.endsWith('/kube-controller-manager') ? `ADDED ${resource}` : undefined
}

const CONTROLLERS: Readonly<Record<string, string>> = {
  replicasets: 'Deployment',
  pods: 'ReplicaSet',
  endpointslices: 'EndpointSlice',
}

function sentence(event: Described): string {
  const plain = sentenceOf(event)
  if (event.verb !== 'POST' || !event.from?.endsWith('/kube-controller-manager')) return plain
  const which = CONTROLLERS[event.resource]
  if (!which) return plain
  const who = say(`The ${which} controller`, `El controlador de ${which}`)
  return plain.replace(/^The controller manager|^El gestor de controladores/, who)
}

/** Who asked a kubelet for anything; by the trace. */
function outcome(timeline: Timeline): Outcome | undefined {
  const { pod, start } = castOf(timeline)
  const asked = timeline.events.find(
    ({ tick, kind, to }) => tick > start && kind === 'request' && to.endsWith('/kubelet'),
  )
  if (asked)
    return {
      value: asked.from?.split('/')[1] ?? '',
      sentence: say(
        `${actor(asked.from)} asked ${actor(asked.to)}.`,
        `${actorEs(asked.from)} preguntó a ${actorEs(asked.to)}.`,
      ),
      tick: asked.tick,
    }
  const saw = timeline.events.find(({ kind, to, name }) => kind === 'watch' && to.endsWith('/kubelet') && name === pod)
  if (!saw) return undefined
  return {
    value: 'nobody',
    sentence: say(
      'nobody called a kubelet. It watches the API server, and saw a Pod that bears its node’s name.',
      'nadie llamó a un kubelet. Observa el servidor de API, y vio un Pod que lleva el nombre de su nodo.',
    ),
    tick: saw.tick,
  }
}

const machineOf = (view: View): string =>
  view.frame.pods.find(({ name }) => name === castOf(view.timeline).pod)?.node ?? 'node-1'

/** Long enough for whoever crashed to be started again, and to catch up. */
const RECOVERY_MICROS = 40_000_000

/** The message of the moment. What somebody types is none, nor is what a process makes up its mind about. */
function hopOf(view: View): Described {
  const event = stepOf(view)?.event
  const isHop = event?.from !== undefined && event.from !== event.to && event.kind !== 'decision' && event.cause > 0
  if (!isHop) throw new Error(say('This step is no message: go on to one.', 'Este paso no es un mensaje: avanza hasta uno.')) // prettier-ignore
  return event
}

/** It is on its way then. */
const beforeHop = (view: View): number => hopOf(view).cause
const loseHop = (view: View): readonly Change[] => [{ command: { type: 'crash', process: hopOf(view).to } }]

const STOPPED = ['kube-scheduler', 'kube-controller-manager', 'etcd', 'kube-apiserver']

export const figure: FigureDefinition = {
  id: 'F02',
  story: { story: 'deployment-journey' },
  inspects: 'pods',
  opening: (timeline) => castOf(timeline).start,
  lens: {
    shows: (event, timeline) => castOf(timeline).ticks.has(event.tick),
    sentence,
    isMajor: ({ kind, verb, resource, to }) =>
      kind === 'command' ||
      kind === 'fault' ||
      verb === 'POST' ||
      kind === 'decision' ||
      (kind === 'watch' && to.endsWith('/kubelet')) ||
      verb === 'RunPodSandbox' ||
      resource === 'pods/binding',
  },
  prediction: {
    question: say('Who tells the kubelet to start the Pod?', '¿Quién le dice al kubelet que arranque el Pod?'),
    choices: [
      { value: 'kube-scheduler', label: say('the scheduler', 'el planificador') },
      { value: 'kube-controller-manager', label: say('the controller manager', 'el gestor de controladores') },
      { value: 'kube-apiserver', label: say('the API server', 'el servidor de API') },
      { value: 'nobody', label: say('nobody', 'nadie') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'lose',
      label: say('lose', 'pierde'),
      choices: [
        {
          value: 'hop',
          label: say('this hop: its receiver crashes first', 'este salto: su receptor muere antes'),
          effect: { kind: 'fork', from: beforeHop, changes: loseHop, extraMicros: RECOVERY_MICROS },
        },
      ],
    },
    {
      id: 'stop',
      label: say('stop, from this moment on,', 'detén, desde este momento,'),
      choices: [
        ...STOPPED.map((name) => ({
          value: name,
          label: name,
          effect: {
            kind: 'fork' as const,
            changes: () => [{ command: { type: 'stop' as const, process: `cp-1/${name}` } }],
          },
        })),
        {
          value: 'kubelet',
          label: say('the kubelet of its node', 'el kubelet de su nodo'),
          effect: {
            kind: 'fork' as const,
            changes: (view: View) => [{ command: { type: 'stop' as const, process: `${machineOf(view)}/kubelet` } }],
          },
        },
      ],
    },
  ],
  draw: (view) =>
    html`${drawBoard(view, { shows: ({ namespace, labels }) => namespace === 'default' && labels['app'] === NAME, waitingRoom: 3 })}
      <div class="below">${drawSequence(view)}</div>`,
}
