/**
 * F03, lights out. It cures: "when the control plane is down, the apps are down".
 *
 * A client goes on asking while the control plane has no power; then a node with one of the three Pods loses power, too.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { NoteView, Timeline } from '../simulation/protocol.ts'
import { drawBoard } from './kit/board.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { type Load, drawLoad, isAnswered, loadOf } from './kit/load-strip.ts'
import { sentenceOf } from './kit/sentences.ts'
import { drawSpan, type SpanMark } from './kit/span.ts'
import type { NoteStep } from './kit/steps.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const CONTROL_PLANE = 'cp-1'
const DARK = 'node-3'
const CLIENT = 'client'

interface Plot {
  readonly out: Described | undefined
  /** A container's program dies while nobody is in control. */
  readonly killed: Described | undefined
  /** The machine of a Pod goes dark, too. */
  readonly dark: Described | undefined
  readonly restored: Described | undefined
  /** First Pod that was created after the node went dark. */
  readonly replacement: string | undefined
  readonly load: readonly Load[]
}

const plots = new WeakMap<Timeline, Plot>()

function plotOf(timeline: Timeline): Plot {
  let plot = plots.get(timeline)
  if (!plot) plots.set(timeline, (plot = readPlot(timeline)))
  return plot
}

const createsPod = ({ verb, resource }: Described): boolean => verb === 'txn put' && resource === 'pods'

function readPlot(timeline: Timeline): Plot {
  const { events } = timeline
  const fault = (verb: string, name: string): Described | undefined =>
    events.find((event) => event.kind === 'fault' && event.verb === verb && event.name.startsWith(name))
  const dark = fault('powerOff', DARK)
  const before = new Set(
    events.flatMap((event) => (createsPod(event) && event.tick < (dark?.tick ?? 0) ? [event.name] : [])),
  )
  return {
    out: fault('powerOff', CONTROL_PLANE),
    killed: fault('crash', ''),
    dark,
    restored: fault('powerOn', CONTROL_PLANE),
    replacement: dark && events.find((event) => event.tick > dark.tick && createsPod(event) && !before.has(event.name))?.name, // prettier-ignore
    load: loadOf(timeline, CLIENT),
  }
}

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, verb, resource, name, from, to, remark, tick } = event
  const { out, killed, replacement } = plotOf(timeline)
  if (kind === 'fault') return true
  if (kind === 'command') return true
  if (tick < (out?.tick ?? Infinity)) return false
  if (kind === 'decision')
    return (
      !/gets the Pod addresses|is compacted/.test(remark) &&
      timeline.events.find((other) => other.remark === remark && other.kind === kind)?.tick === tick
    )
  // The kubelet restarts what has died, whoever is in control.
  if (kind === 'exit') return tick > (killed?.tick ?? Infinity) && from?.includes('/web_') === true
  if (kind === 'start') return to.includes('/web_') || name === 'kube-apiserver' || name === 'etcd'
  if (kind === 'watch' && resource === 'endpointslices') return event === cleared(timeline)
  if (kind === 'request' && to.endsWith('/kube-apiserver')) {
    if (verb === 'POST' && (resource === 'pods' || resource === 'pods/binding')) return true
    return resource === 'pods/status' && name === replacement && from?.endsWith('/kubelet') === true
  }
  return kind === 'watch' && resource === 'pods' && to.endsWith('/kubelet') && name === replacement && verb === 'ADDED'
}

/** The address of the lost Pod is taken out of what kube-proxy is told. */
function cleared(timeline: Timeline): Described | undefined {
  const { restored } = plotOf(timeline)
  return timeline.events.find(
    ({ tick, kind, resource, to }) =>
      restored &&
      tick > restored.tick &&
      kind === 'watch' &&
      resource === 'endpointslices' &&
      to === 'node-1/kube-proxy',
  )
}

const SERVED = /hello from (\S+)/

/** Of the load, those are told that come first after something was done, or that are other than the one before. */
function tellAnswer({ tick, process }: NoteView, timeline: Timeline): NoteStep | undefined {
  if (!process.includes(`_${CLIENT}_`)) return undefined
  const { load, out, killed, dark, restored } = plotOf(timeline)
  const at = load.findIndex((one) => one.tick === tick)
  const one = load[at]
  if (!one) return undefined
  const since = [out, killed, dark, restored]
    .flatMap((event) => (event && event.tick < tick ? [event.tick] : []))
    .at(-1)
  const rank = since === undefined ? -1 : at - load.findIndex((other) => other.tick > since)
  const isAfterNews = rank >= 0 && rank < 2
  const isFirstLost = !isAnswered(one) && load.slice(0, at).every(isAnswered)
  const isWellAgain = isAnswered(one) && tick > (cleared(timeline)?.tick ?? Infinity) && load[at - 1]!.tick < cleared(timeline)!.tick // prettier-ignore
  if (!isAfterNews && !isFirstLost && !isWellAgain) return undefined
  const pod = SERVED.exec(one.answer.text)?.[1]
  const node = timeline.events.find(({ kind, name }) => kind === 'start' && pod !== undefined && name.includes(pod))?.to.split('/')[0] // prettier-ignore
  return isAnswered(one)
    ? {
        kind: 'packet',
        label: `${one.answer.status} OK`,
        from: node && `${node}/web_${pod}_default`,
        failed: false,
        sentence: say(`The client is answered by ${pod}`, `${pod} responde al cliente`),
      }
    : {
        kind: 'packet',
        label: one.answer.text,
        from: undefined,
        failed: true,
        isMajor: isFirstLost,
        sentence:
          restored && tick > restored.tick
            ? say(
                `The client still waits in vain now and then: ${DARK} does not count as lost yet`,
                `El cliente aún espera en vano de vez en cuando: ${DARK} todavía no cuenta como perdido`,
              )
            : say(
                `The client waits in vain: kube-proxy’s rule chose the Pod on ${DARK}, and nobody takes its address out of the rules`,
                `El cliente espera en vano: la regla de kube-proxy eligió el Pod de ${DARK}, y nadie quita su dirección de las reglas`,
              ),
      }
}

function sentence(event: Described, timeline: Timeline): string {
  const { kind, verb, name } = event
  const { killed } = plotOf(timeline)
  if (kind === 'fault' && verb === 'powerOff' && name === CONTROL_PLANE)
    return say(
      `${CONTROL_PLANE} loses power: no API server, no etcd, no scheduler, no controllers`,
      `${CONTROL_PLANE} se queda sin corriente: no hay servidor de API, ni etcd, ni planificador, ni controladores`,
    )
  if (kind === 'fault' && verb === 'powerOff' && name === DARK)
    return say(
      `${DARK} loses power, and its Pod of web with it`,
      `${DARK} se queda sin corriente, y con él su Pod de web`,
    )
  if (kind === 'fault' && verb === 'powerOn') return say(`${name} has power again`, `${name} vuelve a tener corriente`)
  if (kind === 'fault' && event === killed)
    return say('The program of a container of web is killed', 'Muere el programa de un contenedor de web')
  if (kind === 'start' && killed && event.to.startsWith(killed.name.slice(0, killed.name.lastIndexOf('_'))))
    return say(
      `The kubelet on ${event.to.split('/')[0]} has it started again: for that it needs nobody`,
      `El kubelet de ${event.to.split('/')[0]} hace que arranque de nuevo: para eso no necesita a nadie`,
    )
  if (
    kind === 'command' &&
    event.tick > (plotOf(timeline).out?.tick ?? Infinity) &&
    event.tick < (plotOf(timeline).restored?.tick ?? Infinity)
  )
    return say(`Somebody types: ${event.label}. Nobody answers`, `Alguien escribe: ${event.label}. Nadie responde`)
  return sentenceOf(event)
}

const seconds = (micros: number): number => Math.round(micros / 1e6)

/** When the Pod that takes the lost one's place is told to be Ready. */
function replaced(timeline: Timeline): Described | undefined {
  const { replacement } = plotOf(timeline)
  return timeline.events.findLast(
    ({ kind, resource, from, name }) =>
      kind === 'request' && resource === 'pods/status' && name === replacement && from?.endsWith('/kubelet'),
  )
}

function outcome(timeline: Timeline): Outcome | undefined {
  const { out, dark, restored, load } = plotOf(timeline)
  if (!out || !dark || !restored) return undefined
  const during = load.filter(({ tick }) => tick > out.tick && tick < dark.tick)
  const answered = during.filter(isAnswered).length
  const made = timeline.events.some(
    (event) => event.tick > dark.tick && event.tick < restored.tick && createsPod(event),
  )
  const value = answered === 0 ? 'stops' : answered < during.length ? 'fades' : made ? 'replaced' : 'alone'
  const wait = seconds(restored.at - dark.at)
  const back = replaced(timeline)
  const later = back ? seconds(back.at - restored.at) : undefined
  return {
    value,
    sentence: say(
      `without a control plane ${answered} of ${during.length} requests were answered, until ${DARK} went dark. For ${wait} s nobody replaced its Pod.${later === undefined ? '' : ` The control plane will need ${later} s more once it is back: 50 s of silence, and 300 s that every Pod tolerates it.`}`,
      `sin plano de control se respondieron ${answered} de ${during.length} peticiones, hasta que ${DARK} se apagó. Durante ${wait} s nadie sustituyó su Pod.${later === undefined ? '' : ` El plano de control necesitará ${later} s más cuando vuelva: 50 s de silencio y los 300 s que cada Pod lo tolera.`}`,
    ),
    tick: restored.tick,
  }
}

function marksOf(timeline: Timeline): SpanMark[] {
  const { out, killed, dark, restored } = plotOf(timeline)
  const back = replaced(timeline)
  const mark = (event: Described | undefined, label: string, tone: SpanMark['tone']): SpanMark[] =>
    event ? [{ at: event.at, label, tone }] : []
  return [
    ...mark(out, say('lights out', 'apagón'), 'bad'),
    ...mark(killed, say('killed', 'contenedor'), 'plain'),
    ...mark(dark, DARK, 'bad'),
    ...mark(restored, say('power on', 'vuelve'), 'good'),
    ...mark(back, say('replaced', 'sustituido'), 'good'),
  ]
}

/** A container of web that runs at this moment. */
function webContainer({ frame }: View): string {
  const process = frame.machines.flatMap(({ processes }) => processes).find(({ name, state }) => state === 'up' && name.startsWith('web_')) // prettier-ignore
  if (!process) throw new Error(say('No container of web runs at this moment.', 'En este momento no se ejecuta ningún contenedor de web.')) // prettier-ignore
  return process.id
}

const MINUTES_7 = 420_000_000

export const figure: FigureDefinition = {
  id: 'F03',
  story: { story: 'lights-out' },
  inspects: 'pods',
  opening: (timeline) => Math.max(0, (plotOf(timeline).out?.tick ?? 0) - 1),
  lens: {
    shows,
    sentence,
    note: tellAnswer,
    isMajor: ({ kind, remark, verb, resource }) =>
      kind === 'fault' || kind === 'command' || /silent|evicted|to create/.test(remark) || (verb === 'POST' && resource === 'pods'), // prettier-ignore
  },
  prediction: {
    question: say(
      `The whole control plane loses power; a while later ${DARK} and its Pod do, too. What happens?`,
      `Todo el plano de control se queda sin corriente; poco después también ${DARK} y su Pod. ¿Qué ocurre?`,
    ),
    choices: [
      { value: 'stops', label: say('the app stops at once', 'la aplicación se detiene enseguida') },
      { value: 'fades', label: say('it stops after a while', 'se detiene al cabo de un rato') },
      { value: 'alone', label: say('it goes on; the Pod is not replaced', 'sigue; el Pod no se sustituye') },
      { value: 'replaced', label: say('it goes on; the Pod is replaced', 'sigue; el Pod se sustituye') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        {
          value: 'kill',
          label: say('kill a container of web', 'mata un contenedor de web'),
          effect: { kind: 'fork', changes: (view) => [{ command: { type: 'crash', process: webContainer(view) } }] },
        },
        {
          value: 'node-2',
          label: say('take the power of node-2', 'quita la corriente a node-2'),
          effect: {
            kind: 'fork',
            changes: () => [{ command: { type: 'powerOff', machine: 'node-2' } }],
            extraMicros: MINUTES_7,
          },
        },
        {
          value: 'restore',
          label: say('give cp-1 its power back', 'devuelve la corriente a cp-1'),
          effect: {
            kind: 'fork',
            changes: () => [{ command: { type: 'powerOn', machine: CONTROL_PLANE } }],
            extraMicros: MINUTES_7,
          },
        },
      ],
    },
  ],
  draw(view) {
    const { out, load } = plotOf(view.timeline)
    return html`${drawBoard(view, { shows: ({ namespace }) => namespace === 'default', waitingRoom: 2 })}
      <div class="below">${drawLoad(view, load, out?.at ?? 0)} ${drawSpan(view, marksOf(view.timeline))}</div>`
  },
}
