/**
 * F08, watch and 410. It cures: "a watch is a reliable queue".
 *
 * A client lists and watches, is cut off, and comes back. Whether its watch goes on depends on whether the API server's watch cache
 * still holds the place where it stopped.
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Edit, StoryRequest, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { sentenceOf } from './kit/sentences.ts'
import { drawSpan, type SpanMark } from './kit/span.ts'
import { drawWatchWindow } from './kit/watch-window.ts'
import { say } from './kit/words.ts'

const CLIENT = 'edge/reader'

const isOthers = ({ kind, label }: Described): boolean => kind === 'command' && label.startsWith('kubectl apply')
const isHeard = ({ kind, to, label }: Described): boolean =>
  to === CLIENT && (kind === 'watch' || kind === 'lost' || (kind === 'response' && label.startsWith('200')))
const isAsked = ({ from, verb }: Described): boolean => from === CLIENT && (verb === 'LIST' || verb === 'WATCH')
/** A watch that is taken up says so with an empty answer. */
const isBegun = (event: Described, { events }: Timeline): boolean =>
  event.kind === 'response' && events.findLast((one) => one.tick < event.tick && isAsked(one))?.verb === 'WATCH'

function shows(event: Described, timeline: Timeline): boolean {
  if (isBegun(event, timeline)) return false
  return event.kind === 'command' || event.kind === 'fault' || isAsked(event) || isHeard(event)
}

// ── sentences ───────────────────────────────────────────────────────────────────────────────────────────────────────

const wantedIn = (remark: string): string => /resource version: (\d+)/.exec(remark)?.[1] ?? ''
const oldestIn = (remark: string): string => /resource version: \d+ \((\d+)\)/.exec(remark)?.[1] ?? ''

function sentence(event: Described, timeline: Timeline): string {
  const { kind, verb, name, label } = event
  if (isOthers(event)) return say('Others change x and y in the namespace default', 'Otros cambian x e y en el espacio de nombres default') // prettier-ignore
  if (kind === 'command') return say(`Somebody types: ${label}`, `Alguien escribe: ${label}`)
  if (kind === 'fault') return faultSentence(event)
  if (isAsked(event)) return askSentence(event, timeline)
  if (kind === 'lost') return say('The client has heard nothing for too long: the connection is given up', 'El cliente lleva demasiado sin oír nada: da la conexión por perdida') // prettier-ignore
  if (kind === 'response') return say('The list, and the revision at which it holds. The client’s copy is what the list says', 'La lista, y la revisión en la que vale. La copia del cliente es lo que dice la lista') // prettier-ignore
  if (verb === 'BOOKMARK') return say('A bookmark: nothing is new here, and the client knows up to which revision', 'Un marcador: aquí no hay nada nuevo, y el cliente sabe hasta qué revisión') // prettier-ignore
  if (verb === 'ERROR') {
    const [wanted, oldest] = [wantedIn(event.remark), oldestIn(event.remark)]
    return say(`410 Gone: too old resource version: ${wanted}. The watch cache begins after ${oldest}`, `410 Gone: la versión ${wanted} es demasiado antigua. La caché empieza después de la ${oldest}`) // prettier-ignore
  }
  const news = { ADDED: say('is new', 'es nuevo'), MODIFIED: say('has changed', 'ha cambiado'), DELETED: say('is deleted', 'se ha borrado') }[verb] // prettier-ignore
  return news ? say(`The watch brings: ${name} ${news}`, `El watch trae: ${name} ${news}`) : sentenceOf(event)
}

function faultSentence(event: Described): string {
  if (event.verb === 'partition') return say('The cable of the client’s machine is cut', 'Se corta el cable de la máquina del cliente') // prettier-ignore
  return event.verb === 'heal' ? say('The cable is mended', 'El cable se repara') : sentenceOf(event)
}

function askSentence({ verb, tick }: Described, { events }: Timeline): string {
  const isFirst = !events.some((event) => event.tick < tick && isAsked(event))
  if (verb === 'LIST')
    return isFirst
      ? say(
          'The client asks for a list of all ConfigMaps in shop',
          'El cliente pide una lista de todos los ConfigMaps de shop',
        )
      : say('It asks for a list: it begins anew', 'Pide una lista: empieza de nuevo')
  return isFirst ? '' : say('It asks to watch, from the last revision that it knows', 'Pide observar desde la última revisión que conoce') // prettier-ignore
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

/** From the moment when the client can be reached again. */
export function returnOf({ events }: Timeline) {
  const cut = events.find(({ verb }) => verb === 'partition')
  const mended = events.find(({ verb }) => verb === 'heal')
  if (!cut || !mended) return undefined
  const heard = events.filter(({ tick, kind, to }) => tick >= mended.tick && kind === 'watch' && to === CLIENT)
  const gone = heard.find(({ verb }) => verb === 'ERROR')
  const listed = gone && events.find(({ tick, kind, to }) => tick > gone.tick && kind === 'response' && to === CLIENT && tick > gone.tick + 1) // prettier-ignore
  const survived = !events.some(({ kind, to, tick }) => kind === 'lost' && to === CLIENT && tick > cut.tick)
  return { gone, listed, survived, missed: heard.filter(({ name }) => name === 'a' || name === 'c') }
}

function outcome(timeline: Timeline): Outcome | undefined {
  const back = returnOf(timeline)
  if (!back) return undefined
  const { gone, listed, survived, missed } = back
  if (gone && listed) {
    const [wanted, oldest] = [wantedIn(gone.remark), oldestIn(gone.remark)]
    return {
      value: 'gone',
      tick: listed.tick,
      sentence: say(
        `the watch cache began after ${oldest}, and the client wanted what followed ${wanted}. It listed anew. ConfigMap a was not in the list, so the client dropped it; that somebody had deleted it, and when, it never heard.`,
        `la caché empezaba después de la ${oldest}, y el cliente quería lo que siguió a la ${wanted}. Listó de nuevo. El ConfigMap a no estaba en la lista, así que el cliente lo quitó; que alguien lo había borrado, y cuándo, nunca lo oyó.`,
      ),
    }
  }
  const last = missed.at(-1)
  if (missed.length < 2 || !last) return undefined
  return {
    value: 'missed',
    tick: last.tick,
    sentence: survived
      ? say('the connection itself outlived the cut: what had been sent meanwhile came late, and in order.', 'la propia conexión sobrevivió al corte: lo enviado entretanto llegó tarde, y en orden.') // prettier-ignore
      : say('the watch cache still held the place where it had stopped: it got the deletion of a and the new c, in order.', 'la caché aún tenía el lugar donde se había quedado: recibió el borrado de a y la nueva c, en orden.'), // prettier-ignore
  }
}

function marksOf({ events }: Timeline): SpanMark[] {
  return events.flatMap(({ at, kind, verb, to }): SpanMark[] => {
    if (verb === 'partition') return [{ at, label: say('cut', 'corte'), tone: 'bad' }]
    if (verb === 'heal') return [{ at, label: say('mended', 'reparado'), tone: 'good' }]
    if (kind === 'fault' && verb === 'crash') return [{ at, label: 'kube-apiserver', tone: 'bad' }]
    if (to !== CLIENT) return []
    if (verb === 'BOOKMARK') return [{ at, label: say('bookmark', 'marcador'), tone: 'plain' }]
    return verb === 'ERROR' ? [{ at, label: '410', tone: 'bad' }] : []
  })
}

// ── what can be changed ─────────────────────────────────────────────────────────────────────────────────────────────

const doc = (name: string, round: number): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { round: '${round}' }
`
const SAID = 'configmap/x configured\nconfigmap/y configured\n'
/** While the client is away others write, every 24 s; without these rounds it is away for less. */
const without = (rounds: readonly number[]): Edit[] =>
  rounds.map((round) => ({ find: `kubectl apply -f -\n${doc('x', round)}---\n${doc('y', round)}----\n${SAID}\nrun 24s\n----\n\n`, replace: '' })) // prettier-ignore

const RESTART: Edit = {
  find: '# The cable is mended.\n',
  replace: 'fault crash process=cp-1/kube-apiserver\n----\n\nrun 20s\n----\n\n# The cable is mended.\n',
}

const story = (value: string, label: string, edits: readonly Edit[] = []) => ({
  value,
  label,
  effect: { kind: 'story' as const, request: { edits } satisfies Partial<StoryRequest> },
})
const now = (value: string, label: string, changes: readonly Change[]) => ({
  value,
  label,
  effect: { kind: 'fork' as const, changes: () => changes, extraMicros: 40_000_000 },
})

export const figure: FigureDefinition = {
  id: 'F08',
  story: { story: 'watch-and-410' },
  inspects: 'configmaps',
  opening: ({ events }) => events.find(isAsked)?.tick ?? 0,
  lens: {
    shows: (event, timeline) => shows(event, timeline) && sentence(event, timeline) !== '',
    sentence,
    isMajor: ({ kind, verb, failed }) => kind === 'fault' || failed || verb === 'LIST' || verb === 'BOOKMARK',
  },
  prediction: {
    question: say(
      'A client watches ConfigMaps. While its cable is cut, ConfigMap a is deleted and ConfigMap c is created. It comes back and asks for all that followed the last revision it knows. What does it get?',
      'Un cliente observa ConfigMaps. Mientras su cable está cortado, se borra el ConfigMap a y se crea el ConfigMap c. Vuelve y pide todo lo que siguió a la última revisión que conoce. ¿Qué recibe?',
    ),
    choices: [
      { value: 'missed', label: say('all that it missed', 'todo lo que se perdió') },
      { value: 'new', label: say('only what is new from now on', 'solo lo nuevo a partir de ahora') },
      { value: 'gone', label: say('a refusal', 'una negativa') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'away',
      label: say('away for', 'ausente durante'),
      initial: 'long',
      choices: [
        story('short', '24 s', without([5, 6, 7, 8])),
        story('medium', '48 s', without([6, 7, 8])),
        story('long', '120 s'),
      ],
    },
    {
      id: 'bookmarks',
      label: say('bookmarks', 'marcadores'),
      initial: 'on',
      choices: [
        story('on', say('yes', 'sí')),
        story('off', 'no', [{ find: 'reader=shop', replace: 'reader=shop bookmarks=false' }]),
      ],
    },
    {
      id: 'window',
      label: say('the cache keeps', 'la caché guarda'),
      initial: '8',
      choices: [
        story('8', say('8 events and 75 s', '8 eventos y 75 s')),
        story('100', say('100, as upstream', '100, como Kubernetes'), [{ find: 'window=8', replace: 'window=100' }]),
      ],
    },
    {
      id: 'server',
      label: say('meanwhile the API server', 'entretanto el servidor de API'),
      initial: 'up',
      choices: [
        story('up', say('keeps running', 'sigue en marcha')),
        story('restarted', say('is restarted', 'se reinicia'), [RESTART]),
      ],
    },
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        now('cut', say('cut the cable', 'corta el cable'), [{ command: { type: 'partition', groups: [['edge'], ['cp-1', 'laptop']] } }]), // prettier-ignore
        now('mend', say('mend the cable', 'repara el cable'), [{ command: { type: 'heal' } }]),
        now('delete', 'kubectl delete configmap b -n shop', [{ kubectl: ['delete', 'configmap', 'b', '-n', 'shop'] }]),
      ],
    },
  ],
  draw: (view) =>
    html`${drawWatchWindow(view)}
      <div class="below">${drawSpan(view, marksOf(view.timeline))}</div>`,
}
