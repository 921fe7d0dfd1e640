/** F10, fill a node. It cures: "the scheduler looks for the idle node", "it looks at limits", and "quality of service schedules". */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Edit, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { drawFill, type Ranked } from './kit/fill.ts'
import { type Decision, isRefused } from './kit/funnel.ts'
import { sentenceOf } from './kit/sentences.ts'
import { latestNote, type View } from './kit/view.ts'
import { say } from './kit/words.ts'

const POD = 'next'

/** The second time that somebody applies something: what runs already has come before. */
const startOf = ({ events }: Timeline): number =>
  events.filter(({ kind, label }) => kind === 'command' && label.startsWith('kubectl apply'))[1]?.tick ?? 0

const isEviction = ({ remark }: Described): boolean => remark.includes('of memory left')
const isLoad = ({ kind, verb }: Described): boolean => kind === 'fault' && verb === 'load'

function shows(event: Described): boolean {
  const { kind, to, from, name, resource, verb, label } = event
  if (kind === 'command') return !label.includes(' get ')
  if (kind === 'fault' || isEviction(event)) return true
  if (kind === 'decision') return to.endsWith('/kube-scheduler')
  if (kind === 'cri') return label === 'StopContainer'
  if (kind === 'syscall') return label === 'useMemory' && from?.includes('/main_') === true
  if (kind === 'start') return label === 'starts burn'
  if (kind === 'exit') return from?.includes('/main_') === true
  if (kind === 'watch') {
    if (event.remark.includes('memory-pressure')) return true
    return resource === 'pods' && verb === 'ADDED' && name === POD && /kube-scheduler$|kubelet$/.test(to)
  }
  if (kind !== 'request' || !to.endsWith('/kube-apiserver')) return false
  return resource === 'pods/binding' || (resource === 'pods' && verb === 'POST') || (resource === 'pods/status' && from?.endsWith('/kubelet') === true) // prettier-ignore
}

const decisionOf = ({ notes }: Timeline): { readonly tick: number; readonly detail: Decision } | undefined =>
  notes.find(({ kind, detail }) => kind === 'scheduling' && (detail as Decision).pod === `default/${POD}`)

/** `main_busy_default_3856…` is the Pod busy. */
const podIn = (process: string): string => process.split('_')[1] ?? process

function sentence(event: Described, timeline: Timeline): string {
  const { kind, name, label, to, from, remark } = event
  if (isLoad(event)) return say(`More is asked of ${name}: it holds ${label.split(' ').at(-1)} now`, `Se pide más a ${name}: ahora ocupa ${label.split(' ').at(-1)}`) // prettier-ignore
  if (isEviction(event)) {
    const [, node, left, pod] = /^(\S+) has (\d+Mi) of memory left: default\/(\S+) is evicted/.exec(remark) ?? []
    return say(`The kubelet of ${node} sees ${left} of memory left, fewer than 100Mi: it evicts ${pod}`, `El kubelet de ${node} ve que quedan ${left} de memoria, menos de 100Mi: desaloja a ${pod}`) // prettier-ignore
  }
  if (remark.includes('memory-pressure')) return say(`${name} reports MemoryPressure, and is tainted for it: no new Pods`, `${name} informa de MemoryPressure y recibe un taint: no más Pods`) // prettier-ignore
  if (kind === 'syscall') return say(`The kernel gives ${podIn(from!)} what it asks for, while there is any`, `El núcleo da a ${podIn(from!)} lo que pide, mientras quede`) // prettier-ignore
  if (kind === 'start') return say(`The program of ${podIn(to)} starts on ${to.split('/')[0]}`, `El programa de ${podIn(to)} arranca en ${to.split('/')[0]}`) // prettier-ignore
  if (kind === 'exit') {
    const killed = label.includes('137')
    return killed
      ? say(`The program of ${podIn(from!)} is killed`, `El programa de ${podIn(from!)} es terminado (SIGKILL)`)
      : sentenceOf(event)
  }
  return kind === 'decision' ? decided(timeline, event) : sentenceOf(event)
}

/** What the scheduler counted: requests, and what may be promised. */
function decided({ notes }: Timeline, event: Described): string {
  const decision = notes.find(({ tick, kind }) => tick === event.tick && kind === 'scheduling')?.detail as Decision | undefined // prettier-ignore
  if (!decision) return sentenceOf(event)
  const refused = decision.nodes.filter(isRefused).map(({ node, reasons }) => `${node} (${reasons.join(', ')})`)
  const noes =
    refused.length === 0 ? '' : say(`; refused: ${refused.join('; ')}`, `; rechazados: ${refused.join('; ')}`)
  return decision.chosen === undefined
    ? say(`The scheduler adds up requests, and finds no node${noes}`, `El planificador suma peticiones y no encuentra ningún nodo${noes}`) // prettier-ignore
    : say(`The scheduler adds up requests, and takes ${decision.chosen}${noes}`, `El planificador suma peticiones y toma ${decision.chosen}${noes}`) // prettier-ignore
}

function outcome(timeline: Timeline): Outcome | undefined {
  const decision = decisionOf(timeline)
  if (!decision) return undefined
  const { chosen } = decision.detail
  return {
    value: chosen ?? 'nowhere',
    sentence:
      chosen === undefined
        ? say('no node has so much left to promise, however little is held there.', 'a ningún nodo le queda tanto por prometer, por poco que esté ocupado.') // prettier-ignore
        : say(
            `${chosen}: less of its memory is promised. What is really held, the scheduler never sees; nor does it look at limits.`,
            `${chosen}: tiene menos memoria prometida. Lo que de verdad está ocupado, el planificador no lo ve nunca; tampoco mira los límites.`,
          ),
    tick: decision.tick,
  }
}

const story = (value: string, label: string, ...edits: Edit[]) => ({
  value,
  label,
  effect: { kind: 'story' as const, request: edits.length > 0 ? { edits } : {} },
})

const BUSY = 'metadata: { name: busy, labels: { app: earlier } }\nspec:\n'

/** The program in a Pod, wherever it runs now, is asked for more. */
const holds = (pod: string, mebibytes: number) => ({
  value: `${pod}-${mebibytes}`,
  label: say(`${pod} holds ${mebibytes}Mi`, `${pod} ocupa ${mebibytes}Mi`),
  effect: {
    kind: 'fork' as const,
    changes({ frame }: View): readonly Change[] {
      const process = frame.machines.flatMap(({ processes }) => processes).find(({ id, state }) => id.includes(`/main_${pod}_`) && state === 'up') // prettier-ignore
      if (!process) throw new Error(say(`${pod} does not run here`, `${pod} no está en marcha aquí`))
      const body = { type: 'load', memory: mebibytes * 1_048_576 }
      return [{ command: { type: 'tell', process: process.id, body } }]
    },
    extraMicros: 25_000_000,
  },
})

export const figure: FigureDefinition = {
  id: 'F10',
  story: { story: 'fill-a-node' },
  inspects: 'pods',
  opening: startOf,
  lens: { shows, sentence, isMajor: (event) => event.kind === 'command' || isLoad(event) || isEviction(event) },
  prediction: {
    question: say(
      'node-1 is idle, but promised; node-2 is busy, and hardly promised. Where does next go?',
      'node-1 está ocioso, pero prometido; node-2 está ocupado, y apenas prometido. ¿A dónde va next?',
    ),
    choices: [
      { value: 'node-1', label: say('node-1: it has most memory free', 'node-1: tiene más memoria libre') },
      { value: 'node-2', label: say('node-2: less of it is promised', 'node-2: tiene menos prometido') },
      { value: 'nowhere', label: say('nowhere', 'a ninguna parte') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'request',
      label: say('next asks for', 'next pide'),
      initial: '1200Mi',
      choices: ['700Mi', '1200Mi', '3900Mi'].map((amount) =>
        story(
          amount,
          amount,
          ...(amount === '1200Mi' ? [] : [{ find: 'memory: 1200Mi', replace: `memory: ${amount}` }]),
        ),
      ),
    },
    {
      id: 'limit',
      label: say('and may hold', 'y puede ocupar'),
      initial: 'none',
      choices: [
        story('none', say('any amount', 'lo que sea')),
        story('1500Mi', '1500Mi', { find: ' } } }]\n----\npod/next', replace: ' }, limits: { memory: 1500Mi } } }]\n----\npod/next' }), // prettier-ignore
      ],
    },
    {
      id: 'priority',
      label: say('busy has priority', 'busy tiene prioridad'),
      initial: '0',
      choices: [story('0', '0'), story('1000', '1000', { find: BUSY, replace: `${BUSY}  priority: 1000\n` })],
    },
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [holds('next', 100), holds('next', 1600), holds('busy', 100), holds('guest', 600), holds('idle', 3900)],
    },
  ],
  draw(view) {
    const note = latestNote(view, ({ kind }) => kind === 'nodePressure')
    return drawFill(view, (note?.detail as { readonly candidates: readonly Ranked[] } | undefined)?.candidates)
  },
}
