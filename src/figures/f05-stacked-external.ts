/**
 * F05, stacked against external. It cures: "external etcd is always safer", "it needs no more machines".
 *
 * Hosts lose power two at a time; kubectl writes and reads meanwhile. The same is done to either topology.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, NoteView, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { sentenceOf } from './kit/sentences.ts'
import { drawSpan, type SpanMark } from './kit/span.ts'
import type { NoteStep } from './kit/steps.ts'
import { drawTopology } from './kit/topology.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const RESOURCE = 'configmaps'
const machineIn = (process: string | undefined): string => (process ?? '').split('/')[0]!
const isServer = (process: string | undefined): boolean => process?.endsWith('/kube-apiserver') === true

/** Everything has come up, and somebody begins to type. */
const startOf = ({ events }: Timeline): number => events.find(({ kind }) => kind === 'command')?.tick ?? 0

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, resource, from, to, remark, tick } = event
  if (tick < startOf(timeline)) return false
  if (kind === 'fault' || kind === 'command') return true
  if (kind === 'decision') return to.endsWith('/haproxy') && /left out|healthy again/.test(remark)
  if (to === 'laptop/kubectl') return kind === 'response' || kind === 'lost'
  if (resource !== RESOURCE) return false
  return kind === 'request' && (to.endsWith('/haproxy') || isServer(to) || (isServer(from) && to.endsWith('/etcd')))
}

function sentence(event: Described): string {
  const { kind, label, from, to, remark, verb, name } = event
  switch (kind) {
    case 'command':
      return say(`Somebody types: ${label}`, `Alguien escribe: ${label}`)
    case 'fault':
      return verb === 'powerOff'
        ? say(`${name} loses power, and all that runs on it`, `${name} se queda sin corriente, con todo lo que ejecuta`)
        : say(`${name} has power again, and what is on its disk`, `${name} vuelve a tener corriente, y lo que hay en su disco`) // prettier-ignore
    case 'decision': {
      const server = machineIn(/^\S+/.exec(remark)?.[0])
      return remark.includes('healthy')
        ? say(`The load balancer finds the API server on ${server} healthy again`, `El balanceador ve sano otra vez el servidor de API de ${server}`) // prettier-ignore
        : say(`The load balancer leaves the API server on ${server} out: it does not answer its checks`, `El balanceador deja fuera el servidor de API de ${server}: no responde a sus comprobaciones`) // prettier-ignore
    }
    case 'response':
      return event.failed
        ? say(`kubectl hears: ${label}`, `kubectl oye: ${label}`)
        : say(`The answer reaches kubectl: ${label}`, `La respuesta llega a kubectl: ${label}`)
    case 'lost':
      return say('kubectl hears nothing: the load balancer has nobody to pass it on to', 'kubectl no oye nada: el balanceador no tiene a quién pasarlo') // prettier-ignore
    case 'request': {
      const what = verb === 'POST' ? say(`to create ${name}`, `crear ${name}`) : say('for the list', 'la lista')
      if (to.endsWith('/haproxy')) return say(`kubectl asks the load balancer ${what}`, `kubectl pide al balanceador ${what}`) // prettier-ignore
      if (isServer(to)) return say(`It is passed on to the API server on ${machineIn(to)}`, `Se pasa al servidor de API de ${machineIn(to)}`) // prettier-ignore
      return say(`The API server on ${machineIn(from)} asks etcd on ${machineIn(to)}`, `El servidor de API de ${machineIn(from)} pregunta a etcd en ${machineIn(to)}`) // prettier-ignore
    }
    default:
      return sentenceOf(event)
  }
}

function tellLeader({ process, kind, detail }: NoteView): NoteStep | undefined {
  if (kind !== 'leader' || !(detail as { isSelf: boolean }).isSelf) return undefined
  const machine = machineIn(process)
  return {
    kind: 'decision',
    label: '',
    from: undefined,
    failed: false,
    sentence: say(`etcd on ${machine} leads from now on`, `etcd en ${machine} lidera desde ahora`),
  }
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface Attempt {
  readonly tick: number
  /** Without power when it was typed, in the order in which they lost it. */
  readonly dark: readonly string[]
  readonly ok: boolean
  readonly answer: Described | undefined
}

/** Every ConfigMap that somebody wanted to create, and what was dark then. */
export function attemptsOf({ events }: Timeline): Attempt[] {
  const dark: string[] = []
  const attempts: Attempt[] = []
  for (const [i, event] of events.entries()) {
    if (event.kind === 'fault' && event.verb === 'powerOff') dark.push(event.name)
    if (event.kind === 'fault' && event.verb === 'powerOn') dark.splice(dark.indexOf(event.name), 1)
    if (event.kind !== 'command' || !event.label.includes(' create ')) continue
    const answer = events.slice(i + 1).find(({ to, kind }) => to === 'laptop/kubectl' && (kind === 'response' || kind === 'lost')) // prettier-ignore
    const ok = answer?.kind === 'response' && !answer.failed
    attempts.push({ tick: event.tick, dark: [...dark], ok, answer })
  }
  return attempts
}

function outcome(timeline: Timeline): Outcome | undefined {
  const two = attemptsOf(timeline).filter(({ dark }) => dark.length === 2)
  const lost = two.find(({ ok }) => !ok)
  const kept = two.find(({ ok }) => ok)
  if (!lost?.answer) return undefined
  const [first, second] = lost.dark
  return {
    value: kept ? 'depends' : 'no',
    sentence: kept
      ? say(
          `without ${kept.dark.join(' and ')} the API answered: no member of etcd was on them. Without ${first} and ${second} it did not, though all three API servers ran. Six hosts, and two of them are still enough to lose the store.`,
          `sin ${kept.dark.join(' ni ')} la API respondió: en ellas no había ningún miembro de etcd. Sin ${first} ni ${second} no, aunque funcionaban los tres servidores de API. Seis máquinas, y dos aún bastan para perder el almacén.`,
        )
      : say(
          `without ${first} alone it did. Without ${second} as well the last API server ran, and the last member of etcd, one of three, could agree with nobody.`,
          `sin ${first} sí. Sin ${second} además, el último servidor de API funcionaba, y el último miembro de etcd, uno de tres, no podía acordar nada con nadie.`,
        ),
    tick: lost.answer.tick,
  }
}

const marksOf = ({ events }: Timeline): SpanMark[] =>
  events.flatMap(({ kind, verb, name, at }): SpanMark[] =>
    kind === 'fault' ? [{ at, label: name, tone: verb === 'powerOff' ? 'bad' : 'good' }] : [],
  )

const EXTRA_MICROS = 15_000_000

const act = (value: string, label: string, changes: (view: View) => readonly Change[]) => ({
  value,
  label,
  effect: { kind: 'fork' as const, changes, extraMicros: EXTRA_MICROS },
})

const manifest = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
const HOSTS = ['cp-1', 'cp-2', 'cp-3', 'etcd-1', 'etcd-2', 'etcd-3'] as const

function powerOff({ frame }: View, machine: string): readonly Change[] {
  if (!frame.machines.some(({ name }) => name === machine))
    throw new Error(say(`There is no host ${machine} in this topology.`, `En esta topología no hay ninguna máquina ${machine}.`)) // prettier-ignore
  return [{ command: { type: 'powerOff', machine } }]
}

export const figure: FigureDefinition = {
  id: 'F05',
  story: { story: 'stacked-etcd' },
  inspects: 'nodes',
  opening: startOf,
  lens: { shows, sentence, note: (note, timeline) => (note.tick < startOf(timeline) ? undefined : tellLeader(note)), isMajor: ({ kind, to, failed }) => kind === 'fault' || (failed && to === 'laptop/kubectl') }, // prettier-ignore
  prediction: {
    question: say(
      'Two of the hosts will lose power. Will the API still answer?',
      'Dos de las máquinas se quedarán sin corriente. ¿Responderá aún la API?',
    ),
    choices: [
      { value: 'yes', label: say('yes', 'sí') },
      { value: 'no', label: 'no' },
      { value: 'depends', label: say('it depends on which two', 'depende de cuáles') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'topology',
      label: 'etcd',
      initial: 'stacked',
      choices: [
        { value: 'stacked', label: say('stacked', 'apilado'), effect: { kind: 'story', request: {} } },
        { value: 'external', label: say('external', 'externo'), effect: { kind: 'story', request: { story: 'external-etcd' } } }, // prettier-ignore
      ],
    },
    {
      id: 'off',
      label: say('take the power of', 'quita la corriente a'),
      choices: HOSTS.map((machine) => act(machine, machine, (view) => powerOff(view, machine))),
    },
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        act('on', say('give all their power back', 'devuelve la corriente a todas'), ({ frame }) =>
          frame.machines
            .filter(({ up }) => !up)
            .map(({ name: machine }) => ({ command: { type: 'powerOn', machine } })),
        ),
        act('write', say('create a ConfigMap', 'crea un ConfigMap'), ({ frame }) => [
          { kubectl: ['create', '-f', '-'], input: manifest(`yours-${frame.tick}`) },
        ]),
        act('read', 'kubectl get configmaps', () => [{ kubectl: ['get', 'configmaps'] }]),
      ],
    },
  ],
  draw: (view) =>
    html`${drawTopology(view)}
      <div class="below">${drawSpan(view, marksOf(view.timeline))}</div>`,
}
