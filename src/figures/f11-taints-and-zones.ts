/** F11, the taint and topology lab. It cures: "a taint attracts the Pods that tolerate it", and "a toleration selects a node". */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Edit, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { type Decision, isRefused } from './kit/funnel.ts'
import { drawLab, refusalWords } from './kit/lab.ts'
import { sentenceOf } from './kit/sentences.ts'
import { shortPodName } from './kit/shapes.ts'
import { type View, stepOf } from './kit/view.ts'
import { say } from './kit/words.ts'

const TAINTED = 'node-2'
const OURS = /^(?:default\/)?(?:train|web)-/

const short = (key: string): string => shortPodName({ name: key.replace(/^default\//, '') })

const startOf = ({ events }: Timeline): number =>
  events.find(({ kind, label }) => kind === 'command' && label.includes('apply'))?.tick ?? 0

const decisionAt = (timeline: Timeline, tick: number): Decision | undefined =>
  timeline.notes.find((note) => note.tick === tick && note.kind === 'scheduling')?.detail as Decision | undefined

const isEviction = ({ kind, remark }: Described): boolean => kind === 'decision' && remark.includes('is evicted')

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, to, name, tick, resource, verb, remark } = event
  if (tick < startOf(timeline)) return false
  if (kind === 'command' || kind === 'fault') return !event.label.includes('get pods')
  if (kind === 'decision') {
    if (to.endsWith('/kube-scheduler')) return decisionAt(timeline, tick) !== undefined
    // Decided when its time has come, and carried out a moment later: it is told once.
    return (
      isEviction(event) && timeline.events.find((other) => isEviction(other) && other.remark === remark)?.tick === tick
    )
  }
  return kind === 'watch' && resource === 'pods' && verb === 'ADDED' && to.endsWith('/kubelet') && OURS.test(name)
}

/** Who refused what, plugin by plugin: `node-2 (its taint)`. */
function refusals({ nodes }: Decision): string {
  const by = new Map<string, string[]>()
  for (const row of nodes) if (isRefused(row)) by.set(row.plugin, [...(by.get(row.plugin) ?? []), row.node])
  return [...by].map(([plugin, names]) => `${names.sort().join(', ')} (${refusalWords(plugin)})`).join('; ')
}

function sentence(event: Described, timeline: Timeline): string {
  if (event.kind === 'watch')
    return say(`The kubelet of ${event.to.split('/')[0]} finds ${short(event.name)} bound to it`, `El kubelet de ${event.to.split('/')[0]} encuentra que ${short(event.name)} está vinculado a él`) // prettier-ignore
  if (isEviction(event)) {
    const [, pod = '', node = ''] = /default\/(\S+) is evicted from (\S+)/.exec(event.remark) ?? []
    return say(`${short(pod)} does not tolerate NoExecute: it is evicted from ${node}`, `${short(pod)} no tolera NoExecute: es desalojado de ${node}`) // prettier-ignore
  }
  const decision = event.kind === 'decision' ? decisionAt(timeline, event.tick) : undefined
  if (!decision) return sentenceOf(event)
  const { chosen, feasible, allNodes, pod } = decision
  const noes = refusals(decision)
  const after = noes === '' ? '' : say(`; refused: ${noes}`, `; rechazados: ${noes}`)
  return chosen === undefined
    ? say(`No node for ${short(pod)}${after}`, `Ningún nodo para ${short(pod)}${after}`)
    : say(`${chosen} for ${short(pod)}: ${feasible} of ${allNodes} nodes would do${after}`, `${chosen} para ${short(pod)}: ${feasible} de ${allNodes} nodos servirían${after}`) // prettier-ignore
}

/** What the scheduler said of the first three Pods of `train`: where each goes, or that it goes nowhere. */
export function firstPlaces(
  timeline: Timeline,
): readonly { readonly node: string | undefined; readonly tick: number }[] {
  const places = new Map<string, { node: string | undefined; tick: number }>()
  for (const { kind, tick, detail } of timeline.notes) {
    const { pod, chosen } = detail as Decision
    if (kind === 'scheduling' && pod.startsWith('default/train-') && !places.has(pod) && places.size < 3)
      places.set(pod, { node: chosen, tick })
  }
  return [...places.values()]
}

function outcome(timeline: Timeline): Outcome | undefined {
  const places = firstPlaces(timeline)
  const last = places.at(-1)
  if (!last) return undefined
  const there = places.filter(({ node }) => node === TAINTED).length
  const value = there === 0 ? 'none' : there === places.length ? 'all' : 'one'
  const nodes = [...new Set(places.flatMap(({ node }) => node ?? []))].join(', ')
  return { value, sentence: nodes === '' ? nowhere() : `${went(nodes)} ${LESSONS[value]()}`, tick: last.tick }
}

const went = (nodes: string): string => say(`they went to ${nodes}.`, `fueron a ${nodes}.`)

const nowhere = (): string =>
  say(
    `they go nowhere: only ${TAINTED} has the label that they select, and they do not tolerate its taint.`,
    `no van a ninguna parte: solo ${TAINTED} tiene la etiqueta que seleccionan, y no toleran su taint.`,
  )

const LESSONS = {
  one: () => say(`A toleration opens the door of ${TAINTED} and no more.`, `Una tolerancia abre la puerta de ${TAINTED} y nada más.`), // prettier-ignore
  all: () => say('The toleration opened the door; their nodeSelector brought them there.', 'La tolerancia abrió la puerta; su nodeSelector los llevó allí.'), // prettier-ignore
  none: () => say(`${TAINTED} is closed to whoever does not tolerate its taint.`, `${TAINTED} está cerrado para quien no tolera su taint.`), // prettier-ignore
} as const

const TOLERATIONS = '      tolerations: [{ key: gpu, operator: Exists, effect: NoSchedule }]\n'
const WEB = '      containers: [{ name: web,'

const story = (value: string, label: string, ...edits: Edit[]) => ({
  value,
  label,
  effect: { kind: 'story' as const, request: edits.length > 0 ? { edits } : {} },
})

const affinity = (kind: 'podAffinity' | 'podAntiAffinity', topologyKey: string): Edit => ({
  find: WEB,
  replace: `      affinity:
        ${kind}:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { topologyKey: ${topologyKey}, labelSelector: { matchLabels: { app: train } } }
${WEB}`,
})

const live = (value: string, label: string, ...words: string[]) => ({
  value,
  label,
  effect: { kind: 'fork' as const, changes: (): readonly Change[] => [{ kubectl: words }], extraMicros: 40_000_000 },
})

export const figure: FigureDefinition = {
  id: 'F11',
  story: { story: 'taints-and-zones' },
  inspects: 'pods',
  opening: startOf,
  lens: {
    shows,
    sentence,
    isMajor: (event) => event.kind === 'command' || isEviction(event),
  },
  prediction: {
    question: say(
      'Three Pods tolerate node-2’s taint. How many of them land on node-2?',
      'Tres Pods toleran el taint de node-2. ¿Cuántos acaban en node-2?',
    ),
    choices: [
      { value: 'all', label: say('all three', 'los tres') },
      { value: 'one', label: say('one or two: it is one node among six', 'uno o dos: es un nodo entre seis') },
      { value: 'none', label: say('none', 'ninguno') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'train',
      label: 'train',
      initial: 'tolerates',
      choices: [
        story('tolerates', say('tolerates gpu', 'tolera gpu')),
        story('selects', say('tolerates gpu, selects gpu=yes', 'tolera gpu y selecciona gpu=yes'), { find: TOLERATIONS, replace: `${TOLERATIONS}      nodeSelector: { gpu: 'yes' }\n` }), // prettier-ignore
        story('only-selects', say('selects gpu=yes', 'selecciona gpu=yes'), { find: TOLERATIONS, replace: "      nodeSelector: { gpu: 'yes' }\n" }), // prettier-ignore
        story('nothing', say('says nothing', 'no dice nada'), { find: TOLERATIONS, replace: '' }),
      ],
    },
    {
      id: 'spread',
      label: say('web is spread with', 'web se reparte con'),
      initial: '1',
      choices: [
        story('1', 'maxSkew 1'),
        story('2', 'maxSkew 2', { find: 'maxSkew: 1', replace: 'maxSkew: 2' }),
        story('anyway', 'maxSkew 1, ScheduleAnyway', { find: 'DoNotSchedule', replace: 'ScheduleAnyway' }),
      ],
    },
    {
      id: 'affinity',
      label: say('and wants to be', 'y quiere estar'),
      initial: 'anywhere',
      choices: [
        story('anywhere', say('anywhere', 'en cualquier parte')),
        story('near', say('in a zone with train', 'en una zona con train'), affinity('podAffinity', 'topology.kubernetes.io/zone')), // prettier-ignore
        story('apart', say('on no node with train', 'en ningún nodo con train'), affinity('podAntiAffinity', 'kubernetes.io/hostname')), // prettier-ignore
      ],
    },
    {
      id: 'now',
      label: say('now', 'ahora'),
      choices: [
        live('no-schedule', 'taint node-5 x:NoSchedule', 'taint', 'node', 'node-5', 'x=y:NoSchedule'),
        live('no-execute', 'taint node-5 x:NoExecute', 'taint', 'node', 'node-5', 'x=y:NoExecute'),
        live('untaint', 'taint node-2 gpu-', 'taint', 'node', 'node-2', 'gpu-'),
        live('nine', 'scale web to 9', 'scale', 'deployment', 'web', '--replicas=9'),
        live('three', 'scale web to 3', 'scale', 'deployment', 'web', '--replicas=3'),
      ],
    },
  ],
  draw(view: View) {
    const event = stepOf(view)?.event
    return drawLab(view, event?.kind === 'decision' ? decisionAt(view.timeline, event.tick) : undefined)
  },
}
