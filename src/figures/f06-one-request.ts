/** F06, one request, three clients. It cures: "RBAC is the only gate", and "admission is validation". */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawPipeline, type Journey, type Stage } from './kit/pipeline.ts'
import { sentenceOf } from './kit/sentences.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const API_SERVER = 'cp-1/kube-apiserver'
const PATH = '/api/v1/namespaces/default/configmaps'

const isClient = (process: string | undefined): boolean => process?.startsWith('laptop/') === true
const isRequest = ({ kind, from, to }: Described): boolean => kind === 'request' && isClient(from) && to === API_SERVER
const isAnswer = ({ kind, from, to }: Described): boolean => kind === 'response' && from === API_SERVER && isClient(to)
const isWrite = ({ kind, to, verb, resource }: Described): boolean =>
  kind === 'request' && to === 'cp-1/etcd' && verb.startsWith('txn') && resource === 'configmaps'

/** Where the question begins: the rights are given, and the first of the three clients is used. */
const startOf = ({ events }: Timeline): number =>
  events.find(({ kind, label }) => kind === 'command' && label.startsWith('kubectl create'))?.tick ?? 0

/** The stage that gives an answer of this kind. A 403 comes from whoever judged: the note of the authorizer tells. */
function refusedAt(code: string, allowed: boolean | undefined): Stage | undefined {
  if (code === '401') return 'authentication'
  if (code === '403') return allowed === false ? 'authorization' : 'admission'
  if (code === '422') return 'validation'
  return code === '409' || code === '404' ? 'storage' : undefined
}

/** Every request of a client, from its arrival to its answer, as the trace has it. */
export function journeysOf({ events, notes }: Timeline, fromTick: number): Journey[] {
  const journeys: Journey[] = []
  for (const [i, event] of events.entries()) {
    if (event.tick < fromTick || !isRequest(event)) continue
    const rest = events.slice(i + 1)
    const answer = rest.find((other) => isAnswer(other) && other.to === event.from)
    const until = answer?.tick ?? Infinity
    const judged = notes.find(({ tick, kind }) => kind === 'authorization' && tick === event.tick)
    const write = rest.find((other) => isWrite(other) && other.cause === event.tick && other.tick < until)
    const outcome = write && rest.find(({ kind, from, to, tick, verb }) => kind === 'response' && from === 'cp-1/etcd' && to === API_SERVER && tick > write.tick && tick <= until && (verb === 'ok' || verb === 'compare failed')) // prettier-ignore
    journeys.push({
      client: event.from!.slice('laptop/'.length),
      label: event.label,
      name: event.name,
      tick: event.tick,
      user: judged?.detail.user as string | undefined,
      reason: judged?.detail.reason as string | undefined,
      writeTick: write?.tick,
      stored: outcome?.verb === 'ok',
      answer: answer && { tick: answer.tick, label: answer.label },
      refusedAt: answer && refusedAt(answer.verb, judged?.detail.allowed as boolean | undefined),
    })
  }
  return journeys
}

function shows(event: Described, timeline: Timeline): boolean {
  if (event.tick < startOf(timeline)) return false
  return event.kind === 'command' || event.kind === 'fault' || isRequest(event) || isWrite(event) || isAnswer(event)
}

const CLIENTS: Readonly<Record<string, () => string>> = {
  kubectl: () => 'kubectl',
  dashboard: () => say('the web interface', 'la interfaz web'),
  program: () => say('the program', 'el programa'),
}
const clientOf = (process: string | undefined): string => CLIENTS[process?.split('/')[1] ?? '']?.() ?? ''

function sentence(event: Described, timeline: Timeline): string {
  const { label, from, to, name } = event
  if (event.kind === 'command') {
    if (to === 'laptop/kubectl') return say(`Somebody types: ${label}`, `Alguien escribe: ${label}`)
    const who = clientOf(to)
    return say(`Somebody uses ${who}: ${label}`, `Alguien usa ${who}: ${label}`)
  }
  if (isRequest(event)) return arrives(event, timeline)
  if (isWrite(event))
    return say(`All stages have let ${name} pass: the API server asks etcd to write it, if nothing has changed`, `Todas las etapas dejan pasar ${name}: el servidor de API pide a etcd que lo escriba, si nada ha cambiado`) // prettier-ignore
  if (isAnswer(event)) return say(`The answer to ${clientOf(to)}: ${label}`, `La respuesta a ${clientOf(to)}: ${label}`)
  return sentenceOf({ ...event, from })
}

function arrives(event: Described, timeline: Timeline): string {
  const [journey] = journeysOf({ ...timeline, events: timeline.events.filter(({ tick }) => tick >= event.tick) }, event.tick) // prettier-ignore
  const asked = `${event.label}${event.name ? ` ${event.name}` : ''}`
  if (!journey?.user)
    return say(`${asked} arrives with a token that nobody knows: 401 before anything else is asked`, `${asked} llega con un token que nadie conoce: 401 antes de preguntar nada más`) // prettier-ignore
  if (journey.reason === undefined)
    return say(`${asked} arrives from ${journey.user}, and no rule allows it`, `${asked} llega de ${journey.user}, y ninguna regla lo permite`) // prettier-ignore
  return say(`${asked} arrives from ${journey.user}, who may: ${journey.reason}`, `${asked} llega de ${journey.user}, que puede: ${journey.reason}`) // prettier-ignore
}

function outcome(timeline: Timeline): Outcome | undefined {
  const journeys = journeysOf(timeline, startOf(timeline))
  const refused = journeys.filter((journey) => journey.refusedAt !== undefined)
  const last = refused.at(-1)
  if (!last?.answer || refused.length < 3) return undefined
  const stages = [...new Set(refused.map((journey) => journey.refusedAt!))]
  const written = refused.filter(({ stored }) => stored).length
  return {
    value: stages.length === 1 ? 'one' : stages.length === 4 ? 'four' : 'two',
    sentence: say(
      `${refused.length} requests were refused, at ${stages.length} stages: ${stages.join(', ')}. Of these, ${written} changed the store.`,
      `se rechazaron ${refused.length} peticiones, en ${stages.length} etapas: ${stages.join(', ')}. De ellas, ${written} cambiaron el almacén.`,
    ),
    tick: last.answer.tick,
  }
}

let call = 500_000
const tell = (name: string, token?: string, more: object = {}): readonly Change[] => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...more } }
  const body = { type: 'rest', id: ++call, method: 'POST', path: PATH, object, ...(token && { token }) }
  return [{ command: { type: 'tell', process: 'laptop/program', body } }]
}
const BIND = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ben-edits, namespace: default }
subjects: [{ kind: User, name: ben }]
roleRef: { kind: ClusterRole, name: edit }
`
const choice = (value: string, label: string, changes: (view: View) => readonly Change[]) => ({
  value,
  label,
  effect: { kind: 'fork' as const, changes, extraMicros: 1_000_000 },
})

export const figure: FigureDefinition = {
  id: 'F06',
  story: { story: 'one-request' },
  inspects: 'nodes',
  opening: startOf,
  lens: { shows, sentence, isMajor: ({ kind, failed }) => kind === 'command' || failed },
  prediction: {
    question: say(
      'Three clients send the same request; then six requests are refused. How many stages of the API server say no?',
      'Tres clientes envían la misma petición; después se rechazan seis. ¿Cuántas etapas del servidor de API dicen que no?',
    ),
    choices: [
      { value: 'one', label: say('one: RBAC', 'una: RBAC') },
      { value: 'two', label: say('two or three', 'dos o tres') },
      { value: 'four', label: say('four', 'cuatro') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'send',
      label: say('send now, as', 'envía ahora, como'),
      choices: [
        choice('ana', 'ana', () => tell('one-more', 'token-of-ana')),
        choice('ben', 'ben', () => tell('one-more', 'token-of-ben')),
        choice('nobody', say('nobody', 'nadie'), () => tell('one-more')),
        choice('wrong', say('ana, with a bad name', 'ana, con un nombre malo'), () => tell('Bad_Name', 'token-of-ana')),
      ],
    },
    {
      id: 'bind',
      label: say('and', 'y'),
      choices: [choice('ben', say('let ben edit', 'deja editar a ben'), () => [{ kubectl: ['apply', '-f', '-'], input: BIND }])], // prettier-ignore
    },
  ],
  draw: (view: View) => drawPipeline(view, journeysOf(view.timeline, startOf(view.timeline))),
}
