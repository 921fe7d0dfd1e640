/**
 * The classes of faults that can strike a learner's controller, for a fault matrix. Each is plain JSON: what the process is told
 * in its options, or what is done to the world.
 *
 * What the real one does: API servers refuse, restart and time out; networks part; machines stall, and set their clocks.
 * What we model: refusals are made up on the way; all else is the thing itself, on the simulated network.
 * What we leave out: a webhook that is slow; a clock that is wrong on a machine other than the controller's.
 */
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { Said } from '../verdict/said.ts'
import { toldTo } from './api-hand.ts'
import { API_SERVER } from './api-world.ts'
import type { FaultClass } from './fault-matrix.ts'
import type { CallRecord, ControllerReport, LateOptions, LostAnswer, Refusal } from './learner-controller-options.ts'
import type { NewsFault } from './news-faults.ts'
import type { Trial } from './trial.ts'

type Verb = CallRecord['call']['verb']

export type ControllerFault =
  | {
      readonly class: 'refused'
      readonly verb: Verb
      readonly resource: string
      readonly nth: number
      readonly code: number
      /** A conflict is somebody's change, which the cache will hear of. */
      readonly touched?: { readonly atMicros: Micros; readonly namespace?: string; readonly name: string }
    }
  | { readonly class: 'answer-lost'; readonly verb: Verb; readonly resource: string; readonly nth: number }
  | { readonly class: 'dies'; readonly call: number; readonly when: 'before' | 'after' }
  | { readonly class: 'news'; readonly news: NewsFault }
  /** For so long, from that time on. */
  | { readonly class: 'cut-off' | 'paused'; readonly atMicros: Micros; readonly forMicros: Micros }
  | { readonly class: 'server-restarts'; readonly atMicros: Micros }
  | { readonly class: 'clock-jumps'; readonly atMicros: Micros; readonly byMicros: Micros }
  /** So much of every 1,000 seconds is lost, for so long; then it is as far behind as it is. */
  | {
      readonly class: 'clock-drifts'
      readonly atMicros: Micros
      readonly forMicros: Micros
      readonly perMille: number
    }
  /**
   * The create is answered with AlreadyExists. With a name it was carried out: the client's transport has sent it twice. With
   * a generated one it was not: chance made a name that is taken.
   */
  | { readonly class: 'already-exists'; readonly resource: string; readonly nth: number; readonly isMade: boolean }

/** What a run without faults shows. */
export interface ControllerSites {
  readonly report: ControllerReport
  /** How much news there was. */
  readonly news: number
}

type Class = FaultClass<ControllerSites, ControllerFault>

/** Longer than a lease lasts (15 s), and than a silent watch is believed in (45 s). */
const LONG_MICROS: Micros = 60_000_000
/** Back an hour: who waits for a time of day waits for ever. */
const JUMP_MICROS: Micros = -3_600_000_000
const LATE_MICROS: Micros = 2_000_000
/** A guest whose host is overbooked: half of each second is lost. */
const DRIFT_PER_MILLE = 500
const DRIFT_STEP_MICROS: Micros = 1_000_000
/** Moments nearer than that are one. */
const APART_MICROS: Micros = 100_000

const REFUSALS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  409: ['Conflict', 'the object has been modified; please apply your changes to the latest version and try again'],
  429: ['TooManyRequests', 'too many requests, please try again later (Retry-After: 1)'],
  500: ['InternalError', 'an error on the server has prevented the request from succeeding'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
}

const EXISTS = { code: 409, reason: 'AlreadyExists', message: 'the object already exists' } as const
const NO_UNIQUE_NAME = 'the object already exists, the server was not able to generate a unique name for the object'

interface Numbered {
  readonly verb: Verb
  readonly resource: string
  readonly nth: number
  readonly at: Micros
  readonly namespace: string | undefined
  readonly name: string | undefined
}

/** Each write with its number among its like. */
function numbered({ report }: ControllerSites): Numbered[] {
  const counts = new Map<string, number>()
  return report.writes.map(({ at, call: { verb, resource, namespace, name } }) => {
    const nth = (counts.get(`${verb} ${resource}`) ?? 0) + 1
    counts.set(`${verb} ${resource}`, nth)
    return { verb, resource, nth, at, namespace, name }
  })
}

/** Just before each write, or burst of writes. */
function moments(sites: ControllerSites): Micros[] {
  const times = sites.report.writes.map(({ at }) => at - 1)
  return times.filter((at, index) => index === 0 || at - times[index - 1]! > APART_MICROS)
}

const refused = (code: number): Class => ({
  name: `refused-${code}`,
  places: (sites) =>
    numbered(sites).map(({ verb, resource, nth }) => ({ class: 'refused', verb, resource, nth, code })),
})
/** Strikes what has a version to be compared: somebody has changed the object just before. */
const conflict: Class = {
  name: 'conflict',
  places: (sites) =>
    numbered(sites)
      .filter(({ verb }) => verb === 'update' || verb === 'updateStatus' || verb === 'patch')
      .map(({ verb, resource, nth, at, namespace, name = '' }) => {
        const touched = { atMicros: at, ...(namespace !== undefined && { namespace }), name }
        return { class: 'refused', verb, resource, nth, code: 409, touched }
      }),
}
const DELAYED: ReadonlySet<NewsFault['do']> = new Set(['late', 'gone', 'stale'])
const news = (what: NewsFault['do']): Class => ({
  name: `news-${what}`,
  places: (sites) =>
    Array.from({ length: sites.news }, (_, index) => ({
      class: 'news',
      news: { do: what, nth: index + 1, ...(DELAYED.has(what) && { byMicros: LATE_MICROS }) },
    })),
})
const dies = (when: 'before' | 'after'): Class => ({
  name: `dies-${when}`,
  places: ({ report }) =>
    Array.from({ length: report.calls }, (_, index) => ({ class: 'dies', call: index + 1, when })),
})

/** All classes, by name. */
export const CONTROLLER_FAULTS = {
  conflict,
  tooManyRequests: refused(429),
  serverError: refused(500),
  unavailable: refused(503),
  answerLost: {
    name: 'answer-lost',
    places: (sites) =>
      numbered(sites).map(({ verb, resource, nth }) => ({ class: 'answer-lost', verb, resource, nth })),
  },
  alreadyExists: {
    name: 'already-exists',
    places: (sites) =>
      numbered(sites)
        .filter(({ verb }) => verb === 'create')
        .map(({ resource, nth, name }) => ({ class: 'already-exists', resource, nth, isMade: name !== undefined })),
  },
  diesBefore: dies('before'),
  diesAfter: dies('after'),
  newsMissed: news('miss'),
  newsLate: news('late'),
  newsTwice: news('twice'),
  watchExpired: news('gone'),
  listStale: news('stale'),
  cutOff: {
    name: 'cut-off',
    places: (sites) => moments(sites).map((atMicros) => ({ class: 'cut-off', atMicros, forMicros: LONG_MICROS })),
  },
  paused: {
    name: 'paused',
    places: (sites) => moments(sites).map((atMicros) => ({ class: 'paused', atMicros, forMicros: LONG_MICROS })),
  },
  serverRestarts: {
    name: 'server-restarts',
    places: (sites) => moments(sites).map((atMicros) => ({ class: 'server-restarts', atMicros })),
  },
  clockJumps: {
    name: 'clock-jumps',
    places: (sites) => moments(sites).map((atMicros) => ({ class: 'clock-jumps', atMicros, byMicros: JUMP_MICROS })),
  },
  clockDrifts: {
    name: 'clock-drifts',
    places: (sites) =>
      moments(sites).map((atMicros) => {
        return { class: 'clock-drifts', atMicros, forMicros: LONG_MICROS, perMille: DRIFT_PER_MILLE }
      }),
  },
} as const satisfies Record<string, Class>

/** After the run without faults; the controller is wrapped in `withNewsFaults`. */
export const controllerSites = (trial: Trial<any>, process: ProcessId): ControllerSites => ({
  report: trial.controllers[0]!,
  news: trial.built!.stateOf<{ heard: number }>(process).heard,
})

/** What the process is told in its options. */
export function faultOptions(found: readonly ControllerFault[]): LateOptions {
  const of = <C extends ControllerFault['class']>(name: C) =>
    found.filter((one): one is Extract<ControllerFault, { class: C }> => one.class === name)
  const refuse = of('refused').map(({ verb, resource, nth, code }): Refusal => {
    const [reason, message] = REFUSALS[code]!
    return { verb, resource, from: nth, count: 1, code, reason, message }
  })
  const lose = of('answer-lost').map(({ verb, resource, nth }): LostAnswer => ({ verb, resource, nth }))
  for (const { resource, nth, isMade } of of('already-exists')) {
    if (isMade) lose.push({ verb: 'create', resource, nth, told: EXISTS })
    else refuse.push({ verb: 'create', resource, from: nth, count: 1, ...EXISTS, message: NO_UNIQUE_NAME })
  }
  const [death] = of('dies')
  const [one] = of('news')
  return {
    ...(refuse.length > 0 && { refuse }),
    ...(lose.length > 0 && { lose }),
    ...(death && { crash: { call: death.call, when: death.when } }),
    // Who has missed something finds out at the next list.
    ...(one && { news: one.news, ...(one.news.do === 'miss' && { relistMicros: 10_000_000 }) }),
  }
}

/** What is done to the world. The controller's machine must be its own: it is cut off from all others. */
export function strike(world: World, process: ProcessId, found: readonly ControllerFault[]): void {
  const [machine = ''] = process.split('/')
  const at = (time: Micros, command: Command): void => world.commandFirst(time, command)
  for (const one of found) {
    if (one.class === 'refused' && one.touched) {
      const { atMicros, ...key } = one.touched
      const patch = { metadata: { annotations: { 'example.com/touched': 'by-somebody-else' } } }
      at(atMicros, toldTo({ do: 'patch', kind: resourceNamed(one.resource).kind, ...key, patch }))
    } else if (one.class === 'server-restarts') at(one.atMicros, { type: 'crash', process: API_SERVER })
    else if (one.class === 'clock-jumps') at(one.atMicros, { type: 'skew', machine, skewMicros: one.byMicros })
    else if (one.class === 'clock-drifts') drift(world, machine, one)
    else if (one.class === 'paused') {
      at(one.atMicros, { type: 'pause', process })
      at(one.atMicros + one.forMicros, { type: 'resume', process })
    } else if (one.class === 'cut-off') {
      at(one.atMicros, { type: 'partition', groups: [[machine], [API_SERVER.split('/')[0]!, 'laptop']] })
      at(one.atMicros + one.forMicros, { type: 'heal' })
    }
  }
}

/** Loses a little at each step, and keeps at the end what it has lost. */
function drift(
  world: World,
  machine: string,
  { atMicros, forMicros, perMille }: ControllerFault & { class: 'clock-drifts' },
): void {
  for (let past = DRIFT_STEP_MICROS; past <= forMicros; past += DRIFT_STEP_MICROS) {
    const skewMicros = -Math.round((past * perMille) / 1000)
    world.commandFirst(atMicros + past, { type: 'skew', machine, skewMicros })
  }
}

/** When the last of them is over. */
export const endOfFaults = (found: readonly ControllerFault[]): Micros =>
  Math.max(0, ...found.map((one) => ('atMicros' in one ? one.atMicros + ('forMicros' in one ? one.forMicros : 0) : 0)))

/** For so long the controller may know nothing of what happens. */
export const deafMicros = (found: readonly ControllerFault[]): Micros =>
  Math.max(0, ...found.map((one) => DEAF[one.class] ?? 0))
/** A watch that has gone silent is given up after 45 s, and the next try may wait for 30 s. */
const DEAF: Partial<Record<ControllerFault['class'], Micros>> = {
  'cut-off': LONG_MICROS + 75_000_000,
  paused: LONG_MICROS + 75_000_000,
  'server-restarts': 60_000_000,
  news: 12_000_000,
}

export function faultInWords(one: ControllerFault): Said {
  const { class: name } = one
  if (name === 'news') return { key: `grader.fault.news-${one.news.do}`, params: { nth: String(one.news.nth) } }
  if (name === 'dies') return { key: `grader.fault.crash-${one.when}`, params: { call: String(one.call) } }
  if (name === 'refused' || name === 'answer-lost') {
    const { verb, resource, nth } = one
    const params = { verb, resource, nth: String(nth) }
    if (name === 'answer-lost') return { key: 'grader.fault.lose', params }
    return { key: 'grader.fault.refused', params: { ...params, reason: REFUSALS[one.code]![0] } }
  }
  if (name === 'already-exists') {
    const { resource, nth, isMade } = one
    return { key: `grader.fault.exists-${isMade ? 'made' : 'taken'}`, params: { resource, nth: String(nth) } }
  }
  const seconds = String(Math.round(one.atMicros / 10_000) / 100)
  const length = 'forMicros' in one ? String(one.forMicros / 1e6) : ''
  return { key: `grader.fault.${name}`, params: { seconds, length } }
}
