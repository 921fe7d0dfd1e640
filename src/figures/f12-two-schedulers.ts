/**
 * F12, two schedulers. It cures: "a Pod whose scheduler is missing falls back to the default one", and "schedulers agree among
 * themselves".
 */
import { html } from 'lit'
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Timeline } from '../simulation/protocol.ts'
import { drawBoard } from './kit/board.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { sentenceOf } from './kit/sentences.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const OURS = new Set(['plain', 'odd', 'mine', 'yours'])
const OTHER = 'cp-1/tidy'

const isScheduler = (process: string | undefined): boolean => process === 'cp-1/kube-scheduler' || process === OTHER
const isBinding = ({ kind, resource, to }: Described): boolean =>
  kind === 'request' && resource === 'pods/binding' && to.endsWith('/kube-apiserver')

/** What somebody types first about the Pods of this figure. */
const startOf = ({ events }: Timeline): number =>
  events.find(({ kind, label }) => kind === 'command' && label.startsWith('kubectl apply'))?.tick ?? 0

function shows(event: Described, timeline: Timeline): boolean {
  const { kind, tick, resource, name, to, from, verb } = event
  if (tick < startOf(timeline)) return false
  if (kind === 'command') return true
  if (kind === 'fault') return to === OTHER || isScheduler(event.name.split(' ')[0])
  if (kind === 'decision') return isScheduler(to)
  if (!OURS.has(name)) return false
  if (kind === 'request') {
    if (isBinding(event)) return true
    if (resource === 'pods/status') return from?.endsWith('/kubelet') === true && to.endsWith('/kube-apiserver')
    return resource === 'pods' && verb === 'POST' && to.endsWith('/kube-apiserver')
  }
  return (
    kind === 'watch' &&
    resource === 'pods' &&
    (isScheduler(to) ? verb === 'ADDED' : to.endsWith('/kubelet') && verb === 'ADDED')
  )
}

function sentence(event: Described): string {
  const { kind, verb, name, to, from } = event
  const who = (process: string | undefined): string =>
    process === OTHER ? say('the scheduler tidy', 'el planificador tidy') : 'kube-scheduler' // prettier-ignore
  if (kind === 'fault' && verb === 'start')
    return say('Somebody starts the scheduler tidy', 'Alguien arranca el planificador tidy')
  if (kind === 'watch' && isScheduler(to))
    return say(`${capital(who(to))} hears of the Pod ${name}`, `${capital(who(to))} se entera del Pod ${name}`)
  if (isBinding(event)) return say(`${capital(who(from))} binds ${name}`, `${capital(who(from))} vincula ${name}`)
  return sentenceOf(event)
}

const capital = (text: string): string =>
  text.startsWith('kube-') ? text : text.charAt(0).toUpperCase() + text.slice(1)

function outcome(timeline: Timeline): Outcome | undefined {
  const made = timeline.events.find(
    (event) => event.verb === 'POST' && event.resource === 'pods' && event.name === 'odd',
  )
  const bound = timeline.events.find((event) => isBinding(event) && event.name === 'odd')
  if (!made) return undefined
  if (!bound) return { value: 'nobody', sentence: say('nobody placed it as long as the run lasts.', 'nadie lo colocó mientras duró la ejecución.'), tick: timeline.end.tick } // prettier-ignore
  const seconds = Math.round((bound.at - made.at) / 1e6)
  const isOther = bound.from === OTHER
  if (!isOther) return { value: 'default', sentence: byProfile(timeline), tick: bound.tick }
  return {
    value: 'nobody',
    sentence: say(
      `for ${seconds} s nobody looked at odd: no condition, no event. Then tidy ran, and bound it at once.`,
      `durante ${seconds} s nadie miró odd: ni condición ni evento. Después arrancó tidy, y lo vinculó al momento.`,
    ),
    tick: bound.tick,
  }
}

/** A profile of kube-scheduler bears the name that odd asks for. */
function byProfile({ events }: Timeline): string {
  const bound = say('kube-scheduler has a profile named tidy now, and bound odd at once: Pods name a profile, not a program.', 'kube-scheduler tiene ahora un perfil llamado tidy, y vinculó odd al momento: los Pods nombran un perfil, no un programa.') // prettier-ignore
  if (events.some((event) => isBinding(event) && event.name === 'plain')) return bound
  return `${bound} ${say('But no profile is named default-scheduler any more: nobody looks at plain.', 'Pero ya ningún perfil se llama default-scheduler: nadie mira plain.')}`
}

const profiles = (value: string, label: string, ...names: string[]) => ({
  value,
  label,
  effect: {
    kind: 'story' as const,
    request: names.length > 0 ? { profiles: names.map((schedulerName) => ({ schedulerName })) } : {},
  },
})

const pod = (name: string, scheduler?: string): Change => ({
  kubectl: ['apply', '-f', '-'],
  input: `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: asked } }
spec:
${scheduler ? `  schedulerName: ${scheduler}\n` : ''}  containers: [{ name: web, image: web, resources: { requests: { cpu: 200m } } }]
`,
})

const choice = (value: string, label: string, changes: readonly Change[]) => ({
  value,
  label,
  effect: { kind: 'fork' as const, changes: () => changes, extraMicros: 20_000_000 },
})

export const figure: FigureDefinition = {
  id: 'F12',
  story: { story: 'two-schedulers' },
  inspects: 'pods',
  opening: startOf,
  lens: {
    shows,
    sentence,
    isMajor: (event) => event.kind === 'fault' || event.kind === 'command' || isBinding(event),
  },
  prediction: {
    question: say(
      'The Pod odd names a scheduler that is not running. Who places it?',
      'El Pod odd nombra un planificador que no está en marcha. ¿Quién lo coloca?',
    ),
    choices: [
      { value: 'default', label: say('the default scheduler', 'el planificador por defecto') },
      { value: 'nobody', label: say('nobody, until that one runs', 'nadie, hasta que ese arranque') },
      { value: 'refused', label: say('the API server refuses the Pod', 'el servidor de API rechaza el Pod') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'profiles',
      label: say('profiles of kube-scheduler', 'perfiles de kube-scheduler'),
      initial: 'usual',
      choices: [
        profiles('usual', 'default-scheduler'),
        profiles('both', say('default-scheduler and tidy', 'default-scheduler y tidy'), 'default-scheduler', 'tidy'),
        profiles('tidy', say('tidy alone', 'solo tidy'), 'tidy'),
      ],
    },
    {
      id: 'pod',
      label: say('now, a Pod for', 'ahora, un Pod para'),
      choices: [
        choice('default', say('the default scheduler', 'el planificador por defecto'), [pod('asked-default')]),
        choice('tidy', 'tidy', [pod('asked-tidy', 'tidy')]),
        choice('typo', say('“tydi”, a slip', '«tydi», un desliz'), [pod('asked-tydi', 'tydi')]),
      ],
    },
    {
      id: 'kill',
      label: say('crash', 'haz fallar'),
      choices: [
        choice('kube-scheduler', 'kube-scheduler', [{ command: { type: 'stop', process: 'cp-1/kube-scheduler' } }, pod('asked-default')]), // prettier-ignore
        choice('tidy', 'tidy', [{ command: { type: 'stop', process: OTHER } }, pod('asked-tidy', 'tidy')]),
      ],
    },
  ],
  draw: (view: View) => html`${drawBoard(view, { shows: ({ namespace }) => namespace === 'default', waitingRoom: 2 })}`,
}
