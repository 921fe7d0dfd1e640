/**
 * F19, a Pod as a unit. It cures: "Pods are rescheduled", and "a Pod is restarted elsewhere as the same Pod".
 *
 * One Pod of two containers. Its container dies, then it is deleted, then its machine loses power.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Frame, PodView, Timeline } from '../simulation/protocol.ts'
import { drawBoard } from './kit/board.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawLedger, drawPodCards, rowsOf } from './kit/pod-card.ts'
import { sentenceOf } from './kit/sentences.ts'
import { type View, isNarrow } from './kit/view.ts'
import { say } from './kit/words.ts'

interface Plot {
  readonly killed: Described | undefined
  readonly deleted: Described | undefined
  readonly dark: Described | undefined
  /** Names of the Pods in the order in which they were made. */
  readonly names: readonly string[]
  /** Last report of the kubelet about each of them before the next thing is done: it is Ready. */
  readonly settled: {
    readonly first?: number
    readonly restarted?: number
    readonly second?: number
    readonly third?: number
  }
}

const plots = new WeakMap<Timeline, Plot>()

function plotOf(timeline: Timeline): Plot {
  let plot = plots.get(timeline)
  if (!plot) plots.set(timeline, (plot = readPlot(timeline)))
  return plot
}

const isStatus = ({ kind, verb, resource }: Described): boolean => kind === 'request' && verb === 'txn put' && resource === 'pods' // prettier-ignore

function readPlot({ events }: Timeline): Plot {
  const killed = events.find(({ kind, verb }) => kind === 'fault' && verb === 'crash')
  const deleted = events.find(({ kind, label }) => kind === 'command' && label.includes('delete'))
  const dark = events.find(({ kind, verb }) => kind === 'fault' && verb === 'powerOff')
  const names = [...new Set(events.flatMap((event) => (isStatus(event) ? [event.name] : [])))]
  const last = (name: string | undefined, until: number): number | undefined =>
    name === undefined ? undefined : events.findLast((event) => event.tick < until && isStatus(event) && event.name === name)?.tick // prettier-ignore
  const settled = {
    first: last(names[0], killed?.tick ?? Infinity),
    restarted: killed && last(names[0], deleted?.tick ?? Infinity),
    second: deleted && last(names[1], dark?.tick ?? Infinity),
    third: dark && last(names[2], Infinity),
  }
  return { killed, deleted, dark, names, settled: Object.fromEntries(Object.entries(settled).filter(([, tick]) => tick !== undefined)) } // prettier-ignore
}

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, verb, resource, name, from, to, remark, tick, label } = event
  const { killed, deleted, dark, names } = plotOf(timeline)
  if (kind === 'fault' || kind === 'command') return true
  if (tick < (killed?.tick ?? 0)) return false
  switch (kind) {
    case 'decision':
      return /too|silent|is evicted|to create|nodes fit/.test(remark) && timeline.events.find((other) => other.remark === remark)?.tick === tick // prettier-ignore
    case 'exit':
      return from?.includes('/web_') === true || from?.includes('/pause_') === true
    case 'start':
      return to.includes('/web_') || to.includes('/pause_')
    case 'cri':
      return (
        verb === 'RunPodSandbox' ||
        verb === 'StopPodSandbox' ||
        (verb === 'StartContainer' && tick < (deleted?.tick ?? Infinity))
      )
    case 'cniResult':
      return label.startsWith('bridge: ') && !label.endsWith('done') && names.includes(name)
    case 'watch':
      return resource === 'pods' && to.endsWith('/kubelet') && verb === 'ADDED'
    case 'request':
      if (!to.endsWith('/kube-apiserver') || !resource.startsWith('pods')) return false
      if (verb === 'POST' || verb === 'DELETE') return true
      return resource === 'pods/status' && from?.endsWith('/kubelet') === true && tick < (dark?.tick ?? Infinity)
    default:
      return false
  }
}

function sentence(event: Described, timeline: Timeline): string {
  const { kind, verb, name, to, from, tick } = event
  const { killed, deleted } = plotOf(timeline)
  if (event === killed) return say('The program of the container web is killed', 'Muere el programa del contenedor web')
  if (kind === 'fault' && verb === 'powerOff')
    return say(`${name} loses power, and the Pod with it`, `${name} se queda sin corriente, y con él el Pod`)
  if (kind === 'start' && to.includes('/web_') && killed && tick > killed.tick && tick < (deleted?.tick ?? Infinity))
    return say(
      'A new container is started in the same Pod: same sandbox, same address',
      'Arranca un contenedor nuevo en el mismo Pod: el mismo espacio, la misma dirección',
    )
  if (kind === 'start' && to.includes('/pause_'))
    return say(
      `containerd on ${to.split('/')[0]} makes a new sandbox: a new network namespace`,
      `containerd en ${to.split('/')[0]} crea un espacio nuevo: otro espacio de red`,
    )
  if (kind === 'exit' && from?.includes('/pause_'))
    return say('The sandbox ends, and its address is free again', 'El espacio termina, y su dirección queda libre')
  return sentenceOf(event)
}

const podsOf = ({ pods }: Frame): readonly PodView[] => pods.filter(({ labels }) => labels['app'] === 'web')

/** Of two, the one that is not on its way out. */
const counts = (frame: Frame): PodView | undefined =>
  podsOf(frame).find(({ phase }) => phase !== 'terminating') ?? podsOf(frame)[0]

function keeps(timeline: Timeline) {
  const { settled } = plotOf(timeline)
  const moment = (tick: number | undefined, label: string) => (tick === undefined ? [] : [{ tick: tick + 1, label }])
  return [
    ...moment(settled.first, say('at first', 'al principio')),
    ...moment(settled.restarted, say('container killed', 'contenedor muerto')),
    ...moment(settled.second, say('Pod deleted', 'Pod borrado')),
    ...moment(settled.third, say('node lost', 'nodo perdido')),
  ]
}

/** By the names that were written, and by who wrote them: the same name after the first death, others after the others. */
function outcome(timeline: Timeline): Outcome | undefined {
  const { killed, deleted, dark, names, settled } = plotOf(timeline)
  if (!killed || !deleted || !dark || settled.third === undefined) return undefined
  const after = (event: Described, name: string | undefined): boolean =>
    timeline.events.some((other) => isStatus(other) && other.tick > event.tick && other.name === name)
  const keptAfterKill = after(killed, names[0]) && settled.restarted !== undefined && settled.restarted > killed.tick
  const isNewAfterDelete = names.length > 1
  const isNewAfterDark = names.length > 2
  const value = !keptAfterKill ? 'never' : isNewAfterDelete ? (isNewAfterDark ? 'container' : 'machine') : 'always'
  const third = timeline.events.find(({ tick }) => tick === settled.third)!
  const waited = Math.round((third.at - dark.at) / 1e6)
  return {
    value,
    sentence: say(
      `a container came back in the same Pod, one restart later. After the deletion, and ${waited} s after its machine went dark, another Pod was made: new name, new UID, new address. No Pod ever moved.`,
      `un contenedor volvió en el mismo Pod, con un reinicio más. Tras el borrado, y ${waited} s después de apagarse su máquina, se creó otro Pod: otro nombre, otro UID, otra dirección. Ningún Pod se movió.`,
    ),
    tick: settled.third,
  }
}

/** What runs at this moment as a container of the Pod. */
function processOf({ frame }: View, container: string): string {
  const process = frame.machines.flatMap(({ processes }) => processes).find(({ name, state }) => state === 'up' && name.startsWith(`${container}_web-`)) // prettier-ignore
  if (!process) throw new Error(say('That does not run at this moment.', 'En este momento eso no se ejecuta.'))
  return process.id
}

const kill = (container: string, label: string) => ({
  value: container,
  label,
  effect: {
    kind: 'fork' as const,
    changes: (view: View) => [{ command: { type: 'crash' as const, process: processOf(view, container) } }],
    extraMicros: 30_000_000,
  },
})

export const figure: FigureDefinition = {
  id: 'F19',
  story: { story: 'pod-as-a-unit' },
  inspects: 'pods',
  opening: (timeline) => Math.max(0, (plotOf(timeline).killed?.tick ?? 0) - 1),
  keeps,
  lens: {
    shows,
    sentence,
    isMajor: ({ kind, verb, resource, remark }) =>
      kind === 'fault' || kind === 'command' || (verb === 'POST' && resource === 'pods') || /silent|evicted/.test(remark), // prettier-ignore
  },
  prediction: {
    question: say(
      'A container dies; then its Pod is deleted; then the new Pod’s node dies. When does the same Pod come back, with its name, UID and address?',
      'Muere un contenedor; luego se borra su Pod; luego muere el nodo del nuevo Pod. ¿Cuándo vuelve el mismo Pod, con su nombre, su UID y su dirección?',
    ),
    choices: [
      { value: 'always', label: say('each time', 'cada vez') },
      { value: 'machine', label: say('when a container or a node dies', 'si muere un contenedor o un nodo') },
      { value: 'container', label: say('only when a container dies', 'solo si muere un contenedor') },
      { value: 'never', label: say('never', 'nunca') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        kill('asker', say('kill the other container', 'mata el otro contenedor')),
        kill('pause', say('kill the sandbox’s own process', 'mata el proceso del propio espacio')),
        {
          value: 'roll',
          label: say('roll out another image', 'despliega otra imagen'),
          effect: {
            kind: 'fork',
            changes: () => [{ kubectl: ['set', 'image', 'deployment/web', 'web=web:v2'] }],
            extraMicros: 30_000_000,
          },
        },
        {
          value: 'delete',
          label: say('delete the Pod', 'borra el Pod'),
          effect: {
            kind: 'fork',
            changes: () => [{ kubectl: ['delete', 'pod', '-l', 'app=web'] }],
            extraMicros: 30_000_000,
          },
        },
      ],
    },
  ],
  draw(view) {
    const { frame, kept = [] } = view
    const narrow = isNarrow(view)
    return html`${drawBoard(view, { shows: ({ labels }) => labels['app'] === 'web', waitingRoom: narrow ? 0 : 1, hidesOutside: narrow })}
      <div class="below">
        ${drawPodCards(podsOf(frame), frame, view.width)} ${drawLedger(rowsOf(kept, frame.tick, counts))}
      </div>`
  },
}
