/** F04, who is active? It cures: "high availability is one active machine and two that stand by". */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Timeline } from '../simulation/protocol.ts'
import { drawControlPlanes } from './kit/control-planes.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { sentenceOf } from './kit/sentences.ts'
import { drawSpan, type SpanMark } from './kit/span.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const SCHEDULER = 'kube-scheduler'
const MANAGER = 'kube-controller-manager'
const API_SERVER = 'kube-apiserver'

const partsOf = (process: string | undefined): [machine: string, name: string] => {
  const [machine = '', name = ''] = (process ?? '').split('/')
  return [machine, name]
}
const isOf = (process: string | undefined, name: string): boolean => partsOf(process)[1] === name

/** Where the story's own question begins: everything has come up, and two Leases are held. */
const startOf = ({ events }: Timeline): number =>
  events.find(({ kind, label }) => kind === 'command' && label.includes('get leases'))?.tick ?? 0

const isKill = ({ kind, verb }: Described): boolean => kind === 'fault' && (verb === 'crash' || verb === 'stop')
const isTakeover = ({ kind, remark }: Described): boolean => kind === 'decision' && remark.startsWith('it holds the lease') // prettier-ignore

// ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────

function shows(event: Described, { events }: Timeline): boolean {
  const { kind, verb, resource, from, to, remark } = event
  switch (kind) {
    case 'fault':
    case 'command':
      return true
    case 'start':
      return from === undefined && [API_SERVER, SCHEDULER, MANAGER, 'etcd'].includes(partsOf(to)[1])
    case 'decision':
      return isTakeover(event) || /could not renew|left out|healthy again/.test(remark)
    case 'lost':
      // A connection that is refused goes to the next server; the checks are refused as well, and that is all.
      return (
        isOf(to, 'kubectl') ||
        (isOf(to, 'haproxy') && events.some((next) => next.cause === event.tick && isTyped(next)))
      )
    case 'request':
      if (isOf(from, 'kubectl') || isOf(from, 'haproxy')) return isTyped(event)
      if (!isOf(to, API_SERVER) || verb !== 'POST') return false
      return (isOf(from, SCHEDULER) && resource === 'pods/binding') || (isOf(from, MANAGER) && resource === 'pods')
    case 'response':
      return isOf(to, 'kubectl')
    default:
      return false
  }
}

/** What kubectl asks; kubelets and kube-proxies go the same way. */
const isTyped = ({ verb, resource, to }: Described): boolean =>
  isOf(to, 'haproxy') || isOf(to, API_SERVER) ? ['GET', 'LIST', 'PATCH', 'PUT'].includes(verb) && KUBECTL.has(resource) : false // prettier-ignore

const KUBECTL = new Set(['nodes', 'deployments', 'deployments/scale', 'pods', 'leases'])

function sentence(event: Described): string {
  const { kind, label, from, to, remark, verb, resource } = event
  const [machine, name] = partsOf(to)
  switch (kind) {
    case 'fault': {
      if (!isKill(event)) return sentenceOf(event)
      return say(`The ${name} of ${machine} is killed`, `Se mata el ${name} de ${machine}`)
    }
    case 'lost':
      if (!isOf(to, 'haproxy')) return sentenceOf(event)
      return say(`The API server on ${partsOf(from)[0]} refuses the connection: nobody is there`, `El servidor de API de ${partsOf(from)[0]} rechaza la conexión: no hay nadie`) // prettier-ignore
    case 'start':
      return say(`${machine} starts its ${name} again`, `${machine} arranca otra vez su ${name}`)
    case 'command':
      return say(`Somebody types: ${label}`, `Alguien escribe: ${label}`)
    case 'decision':
      return decided(machine, name, remark)
    case 'response':
      return say(`The answer reaches kubectl: ${label}`, `La respuesta llega a kubectl: ${label}`)
    case 'request': {
      const asked = `${verb} ${resource}`
      if (isOf(from, 'kubectl'))
        return say(`kubectl asks at the load balancer’s address: ${asked}`, `kubectl pregunta en la dirección del balanceador: ${asked}`) // prettier-ignore
      if (isOf(from, 'haproxy'))
        return say(`The load balancer passes it on to the API server on ${machine}: it is its turn`, `El balanceador lo pasa al servidor de API de ${machine}: es su turno`) // prettier-ignore
      if (isOf(from, SCHEDULER))
        return say(`The scheduler on ${machine} gives ${event.name} a node`, `El planificador de ${machine} da un nodo a ${event.name}`) // prettier-ignore
      return say(`The controller manager on ${machine} creates a Pod`, `El gestor de controladores de ${machine} crea un Pod`) // prettier-ignore
    }
    default:
      return sentenceOf(event)
  }
}

function decided(machine: string, name: string, remark: string): string {
  if (remark.startsWith('it holds'))
    return say(`The lease has run out: the ${name} on ${machine} writes its name there and goes to work`, `El Lease ha vencido: el ${name} de ${machine} escribe su nombre y empieza a trabajar`) // prettier-ignore
  if (remark.includes('could not renew'))
    return say(`The ${name} on ${machine} could not renew its lease for 10 s: it ends itself before the lease runs out`, `El ${name} de ${machine} no pudo renovar su Lease en 10 s: termina antes de que venza`) // prettier-ignore
  const server = partsOf(/^\S+/.exec(remark)?.[0])[0]
  return remark.includes('healthy')
    ? say(`The load balancer finds the API server on ${server} healthy again`, `El balanceador ve sano otra vez el servidor de API de ${server}`) // prettier-ignore
    : say(`Three checks have failed: the load balancer leaves the API server on ${server} out`, `Tres comprobaciones fallidas: el balanceador deja fuera el servidor de API de ${server}`) // prettier-ignore
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Handover {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly afterMicros: number
  readonly tick: number
}

/** From each kill of a holder to the start of the next one's work. */
export function handovers({ events }: Timeline): Handover[] {
  const holders = new Map<string, string>()
  const killed = new Map<string, { machine: string; at: number }>()
  const found: Handover[] = []
  for (const event of events) {
    const [machine, name] = partsOf(event.to)
    if (isKill(event) && holders.get(name) === machine) killed.set(name, { machine, at: event.at })
    if (!isTakeover(event)) continue
    const before = killed.get(name)
    if (before) found.push({ name, from: before.machine, to: machine, afterMicros: event.at - before.at, tick: event.tick }) // prettier-ignore
    killed.delete(name)
    holders.set(name, machine)
  }
  return found
}

/** Requests of kubectl by the API server that got them, up to a tick. */
export function answeredBy(timeline: Timeline, tick: number): Map<string, number> {
  const counts = new Map<string, number>()
  const start = startOf(timeline)
  for (const event of timeline.events) {
    if (event.tick < start || event.tick > tick) continue
    if (event.kind === 'request' && isOf(event.from, 'haproxy') && isTyped(event))
      counts.set(event.to, (counts.get(event.to) ?? 0) + 1)
  }
  return counts
}

/** The longest that kubectl waited for an answer after the first kill, and whether one never came. */
export function longestWait({ events }: Timeline): { readonly micros: number; readonly lost: number } {
  const first = events.find(isKill)?.tick ?? Infinity
  const asked: number[] = []
  let micros = 0
  let lost = 0
  for (const event of events) {
    if (event.tick < first) continue
    if (event.kind === 'request' && isOf(event.from, 'kubectl')) asked.push(event.at)
    if (!isOf(event.to, 'kubectl')) continue
    if (event.kind === 'lost') lost++
    if (event.kind === 'response' || event.kind === 'lost') micros = Math.max(micros, event.at - (asked.shift() ?? event.at)) // prettier-ignore
  }
  return { micros, lost }
}

function outcome(timeline: Timeline): Outcome | undefined {
  const all = handovers(timeline)
  const scheduler = all.find(({ name }) => name === SCHEDULER)
  const manager = all.find(({ name }) => name === MANAGER)
  if (!scheduler || !manager) return undefined
  const servers = answeredBy(timeline, timeline.end.tick).size
  const { micros, lost } = longestWait(timeline)
  const wait = Math.ceil(micros / 1000)
  const after = [scheduler, manager].map(({ afterMicros }) => Math.round(afterMicros / 1e6))
  return {
    value: servers > 1 && lost === 0 ? 'mixed' : 'one',
    sentence: say(
      `${servers} API servers answered in turn, and no answer took longer than ${wait} ms, whichever was killed. Scheduling stood still for ${after[0]} s and the controllers for ${after[1]} s: until the dead holder’s lease had run out.`,
      `${servers} servidores de API respondieron por turnos y ninguna respuesta tardó más de ${wait} ms, se matara el que se matara. La planificación se detuvo ${after[0]} s y los controladores ${after[1]} s: hasta que venció el Lease del titular muerto.`,
    ),
    tick: Math.max(scheduler.tick, manager.tick),
  }
}

function marksOf(timeline: Timeline): SpanMark[] {
  const start = startOf(timeline)
  return timeline.events.flatMap((event): SpanMark[] => {
    if (event.tick < start) return []
    const [machine, name] = partsOf(event.to)
    const short = name.replace('kube-', '')
    if (isKill(event)) return [{ at: event.at, label: `${short} ${machine}`, tone: 'bad' }]
    return isTakeover(event) ? [{ at: event.at, label: `${short} ${machine}`, tone: 'good' }] : []
  })
}

// ── what can be changed ─────────────────────────────────────────────────────────────────────────────────────────────

const kill = (process: string): readonly Change[] => [{ command: { type: 'crash', process } }]

function killHolder({ frame }: View, name: string): readonly Change[] {
  const holder = frame.leaders.find((lease) => lease.name === name)?.holder
  if (holder === undefined) throw new Error(say(`nobody holds the lease ${name} now`, `nadie tiene ahora el Lease ${name}`)) // prettier-ignore
  return kill(`${holder}/${name}`)
}

const EXTRA_MICROS = 45_000_000

const choice = (value: string, english: string, spanish: string, changes: (view: View) => readonly Change[]) => ({
  value,
  label: say(english, spanish),
  effect: { kind: 'fork' as const, changes, extraMicros: EXTRA_MICROS },
})

const option = (value: string, english: string, spanish: string) => ({
  value,
  label: say(english, spanish),
})

export const figure: FigureDefinition = {
  id: 'F04',
  story: { story: 'who-is-active' },
  inspects: 'leases',
  opening: startOf,
  lens: {
    shows: (event, timeline) => event.tick >= startOf(timeline) && shows(event, timeline),
    sentence,
    isMajor: (event) => event.kind === 'fault' || isTakeover(event),
  },
  prediction: {
    question: say(
      'Three machines form the control plane. Which of them work at the same time?',
      'Tres máquinas forman el plano de control. ¿Cuáles trabajan a la vez?',
    ),
    choices: [
      option('one', 'one does everything, two stand by', 'una lo hace todo, dos esperan'),
      option('all', 'all three do everything', 'las tres lo hacen todo'),
      option('mixed', 'all answer the API, one schedules, one runs controllers', 'todas responden a la API, una planifica y una ejecuta controladores'), // prettier-ignore
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'kill',
      label: say('kill now', 'mata ahora'),
      choices: [
        ...['cp-1', 'cp-2', 'cp-3'].map((machine) =>
          choice(machine, `the API server of ${machine}`, `el servidor de API de ${machine}`, () =>
            kill(`${machine}/${API_SERVER}`),
          ),
        ),
        choice(SCHEDULER, 'the scheduler that works', 'el planificador que trabaja', (view) =>
          killHolder(view, SCHEDULER),
        ),
        choice(MANAGER, 'the controller manager that works', 'el gestor de controladores que trabaja', (view) =>
          killHolder(view, MANAGER),
        ),
        choice('etcd', 'the etcd member that leads', 'el miembro de etcd que lidera', ({ frame }) => {
          const leader = frame.etcd.find(({ role, state }) => role === 'leader' && state === 'up')
          if (!leader) throw new Error(say('no member of etcd leads now', 'ahora no lidera ningún miembro de etcd'))
          return kill(leader.process)
        }),
      ],
    },
  ],
  draw: (view: View) =>
    html`${drawControlPlanes(view, answeredBy(view.timeline, view.frame.tick))}
      <div class="below">${drawSpan(view, marksOf(view.timeline))}</div>`,
}
