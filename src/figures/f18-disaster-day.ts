/**
 * F18, disaster day. It cures: "restoring a snapshot rewinds everybody".
 *
 * A snapshot is saved, life goes on, the store is lost and restored. Whoever watches it has seen revisions that it will give
 * to other writes; with `--bump-revision` and `--mark-compacted` they are sent away to list anew.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { drawBoard } from './kit/board.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawSeen } from './kit/seen.ts'
import { sentenceOf } from './kit/sentences.ts'
import { drawSpan, type SpanMark } from './kit/span.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const WEB = '/web_'

const startOf = ({ events }: Timeline): number =>
  events.find(({ kind, label }) => kind === 'command' && label.includes('snapshot save'))?.tick ?? 0

/** The new store starts. */
const restoredAt = ({ events }: Timeline): Described | undefined =>
  events.find(({ kind, verb }) => kind === 'fault' && verb === 'start')

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, verb, resource, from = '', to, remark, tick } = event
  if (tick < startOf(timeline)) return false
  switch (kind) {
    case 'fault':
    case 'command':
      return true
    case 'start':
      return to.includes(WEB)
    case 'exit':
      return from.includes(WEB)
    case 'decision':
      return /to create|to delete/.test(remark)
    case 'response':
      return to.startsWith('laptop/')
    case 'request':
      return (
        (from.startsWith('laptop/') && !event.background) ||
        (to.endsWith('/kube-apiserver') && resource === 'pods' && (verb === 'POST' || verb === 'DELETE')) ||
        (to.endsWith('/etcd') && resource === 'deployments' && verb === 'txn put' && isByHand(event, timeline))
      )
    case 'watch':
      return event.failed
        ? isFirstEnd(event, timeline)
        : resource === 'deployments' && to.endsWith('/kube-controller-manager')
    default:
      return false
  }
}

/** Everybody has many watches; of those that end, the first of each is told. */
const isFirstEnd = (event: Described, { events }: Timeline): boolean =>
  events.find(({ kind, failed, to }) => kind === 'watch' && failed && to === event.to) === event

/** The write that a command leads to; what controllers write of a status goes on all the time. */
function isByHand({ tick }: Described, { events }: Timeline): boolean {
  const asked = events.findLast(({ kind, from, tick: at }) => kind === 'request' && at < tick && from?.startsWith('laptop/') === true) // prettier-ignore
  return asked !== undefined && tick - asked.tick < 6
}

function sentence(event: Described, timeline: Timeline): string {
  const { kind, verb, label, to, from } = event
  if (kind === 'fault') {
    switch (verb) {
      case 'stop':
        return say('The store is lost', 'El almacén se pierde')
      case 'replaceDisk':
        return say('A new disk is written from backup.db: the keys of that day, at their revisions', 'Se escribe un disco nuevo desde backup.db: las claves de aquel día, con sus revisiones') // prettier-ignore
      case 'start':
        return isBumped(timeline)
          ? say('etcd starts from it, a million revisions further on; all that was before counts as compacted', 'etcd arranca desde él, un millón de revisiones más allá; todo lo anterior cuenta como compactado') // prettier-ignore
          : say('etcd starts from it, at the revision of that day. Whoever watches asks for what comes after the last revision that they have seen', 'etcd arranca desde él, en la revisión de aquel día. Quien observa pide lo que siga a la última revisión que vio') // prettier-ignore
      default:
        return sentenceOf(event)
    }
  }
  if (kind === 'command') return say(`Somebody types: ${label}`, `Alguien escribe: ${label}`)
  if (kind === 'start') return say(`The kubelet on ${to.split('/')[0]} has a container of web started`, `El kubelet de ${to.split('/')[0]} hace que arranque un contenedor de web`) // prettier-ignore
  if (kind === 'exit') return say(`The kubelet on ${from?.split('/')[0]} stops a container of web: the API does not know its Pod any more`, `El kubelet de ${from?.split('/')[0]} detiene un contenedor de web: la API ya no conoce su Pod`) // prettier-ignore
  if (kind === 'watch' && event.failed) return endOfWatch(event)
  if (from === 'laptop/etcdctl')
    return say('etcdctl asks etcd for a copy of everything', 'etcdctl pide a etcd una copia de todo')
  if (to === 'laptop/etcdctl') return say(`It is saved as backup.db: ${label}`, `Se guarda como backup.db: ${label.replace('revision', 'revisión')}`) // prettier-ignore
  return sentenceOf(event)
}

function endOfWatch({ from, to }: Described): string {
  if (from?.endsWith('/etcd'))
    return say('etcd cancels the API server’s watches: what they ask for is compacted. It reads everything anew', 'etcd cancela las observaciones del servidor de API: lo que piden está compactado. Este lo lee todo de nuevo') // prettier-ignore
  const who = to.split('/')[1] ?? ''
  return say(`The API server sends the ${who} away: 410 Gone. Its informers list anew`, `El servidor de API despide a ${who}: 410 Gone. Sus informers listan de nuevo`) // prettier-ignore
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

const isBumped = ({ scenes }: Timeline): boolean => scenes.some(({ command }) => command.includes('--bump-revision'))

/** Containers of web that run when the story is over. */
export function runningAtEnd({ events }: Timeline): number {
  const isWeb = (process: string | undefined): boolean => process?.includes(WEB) === true
  const started = events.filter(({ kind, to }) => kind === 'start' && isWeb(to)).length
  return started - events.filter(({ kind, from }) => kind === 'exit' && isWeb(from)).length
}

function outcome(timeline: Timeline): Outcome | undefined {
  if (!restoredAt(timeline) || timeline.forked) return undefined
  const count = runningAtEnd(timeline)
  return {
    value: String(count),
    sentence: isBumped(timeline)
      ? say(
          `${count} run. Every watch was told that its revision is compacted, and everybody listed anew: the kubelet stopped two Pods that the API did not know any more, and the third came when it was asked for.`,
          `se ejecutan ${count}. A cada observación se le dijo que su revisión está compactada, y todos listaron de nuevo: el kubelet detuvo dos Pods que la API ya no conocía, y el tercero llegó cuando se pidió.`,
        )
      : say(
          `${count} run, as before. The store has two Pods and the wish for three; the API server, the controllers and the kubelet wait for what follows the last revision that they have seen. The store is not that far again, and they hear nothing.`,
          `se ejecutan ${count}, como antes. El almacén tiene dos Pods y el deseo de tres; el servidor de API, los controladores y el kubelet esperan lo que siga a la última revisión que vieron. El almacén aún no ha vuelto a llegar ahí, y no oyen nada.`,
        ),
    tick: timeline.end.tick,
  }
}

function marksOf(timeline: Timeline): SpanMark[] {
  const restored = restoredAt(timeline)
  return timeline.events.flatMap((event): SpanMark[] => {
    const { kind, label, verb, at } = event
    if (event === restored) return [{ at, label: say('restored', 'restaurado'), tone: 'good' }]
    if (kind === 'fault' && verb === 'stop') return [{ at, label: say('lost', 'perdido'), tone: 'bad' }]
    if (kind !== 'command' || event.tick < startOf(timeline)) return []
    if (label.includes('snapshot save')) return [{ at, label: say('saved', 'guardado'), tone: 'plain' }]
    const replicas = /--replicas=(\d)/.exec(label)?.[1]
    return replicas ? [{ at, label: say(`${replicas} wanted`, `${replicas} pedidos`), tone: 'plain' }] : []
  })
}

/** What runs, beside what the store knows of it. */
function countWords({ frame }: View): string {
  const processes = frame.machines.flatMap((one) => one.processes)
  const running = processes.filter(({ id, state }) => id.includes(WEB) && state === 'up').length
  const known = frame.pods.filter(({ name }) => name.startsWith('web-')).length
  return frame.store.isUp
    ? say(`${running} containers of web run; the store knows ${known} Pods.`, `Se ejecutan ${running} contenedores de web; el almacén conoce ${known} Pods.`) // prettier-ignore
    : say(`${running} containers of web run; there is no store.`, `Se ejecutan ${running} contenedores de web; no hay almacén.`) // prettier-ignore
}

const BUMP = { find: 'restore backup.db', replace: 'restore backup.db --bump-revision=1000000 --mark-compacted' }

export const figure: FigureDefinition = {
  id: 'F18',
  story: { story: 'disaster-day' },
  inspects: 'deployments',
  opening: startOf,
  lens: {
    shows,
    sentence,
    isMajor: ({ kind, failed }) => kind === 'fault' || kind === 'command' || (kind === 'watch' && failed),
  },
  prediction: {
    question: say(
      'A snapshot knows two Pods; four run when the store is lost. It is restored, and somebody asks for three. How many run half a minute later?',
      'Una instantánea conoce dos Pods; se ejecutan cuatro cuando se pierde el almacén. Se restaura y alguien pide tres. ¿Cuántos se ejecutan medio minuto después?',
    ),
    choices: [
      { value: '2', label: say('two', 'dos') },
      { value: '3', label: say('three', 'tres') },
      { value: '4', label: say('four', 'cuatro') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'restore',
      label: say('restored', 'restaurado'),
      initial: 'plain',
      choices: [
        { value: 'plain', label: say('as it was saved', 'como se guardó'), effect: { kind: 'story', request: {} } },
        {
          value: 'bump',
          label: '--bump-revision, --mark-compacted',
          effect: { kind: 'story', request: { edits: [BUMP] } },
        },
      ],
    },
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        {
          value: 'api',
          label: say('restart the API server', 'reinicia el servidor de API'),
          effect: {
            kind: 'fork',
            changes: () => [{ command: { type: 'crash', process: 'cp-1/kube-apiserver' } }],
            extraMicros: 40_000_000,
          },
        },
        {
          value: 'scale',
          label: 'kubectl scale deployment web --replicas=1',
          effect: {
            kind: 'fork',
            changes: () => [{ kubectl: ['scale', 'deployment', 'web', '--replicas=1'] }],
            extraMicros: 20_000_000,
          },
        },
      ],
    },
  ],
  draw: (view) =>
    html`${drawBoard(view, { shows: ({ namespace }) => namespace === 'default', waitingRoom: 0 })}
      <p class="runs">${countWords(view)}</p>
      <div class="below">${drawSeen(view)} ${drawSpan(view, marksOf(view.timeline))}</div>`,
}
