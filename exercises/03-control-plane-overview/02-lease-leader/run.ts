/** Three copies, each on a machine with a clock of its own, and one API server: run, and judged by true time. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  type Change,
  type ElectorRecord,
  type ElectorReport,
  type Finding,
  learnerElector,
  READY_MICROS,
  runWatched,
  type TellLine,
  type Trial,
  type World,
} from 'clusterwright/kit'
import type { Lease } from 'clusterwright/api'
import { type Case, COPIES, type Fault } from './cases.ts'
import { say } from './texts.ts'

const LEASE_MICROS = 15_000_000
/** In true time, by a clock that is as fast as one may be. */
const LEASE_MICROS_MIN = 14_700_000
const TICK_MICROS = 2_000_000
/** Two ticks and what their calls take, where the server answers. */
const SLACK_MICROS = 2 * TICK_MICROS + 800_000
const DRIFT_STEP_MICROS = 1_000_000
const machineOf = (copy: number): string => `node-${copy + 1}`

const reports = new WeakMap<Trial<any>, ElectorReport>()

export function electionWorld(
  { offsets, drifts, faults, serverDiesMs, together, lastsMs }: Case,
  trial: Trial<any>,
): World {
  const report: ElectorReport = { records: [] }
  reports.set(trial, report)
  const components = Object.fromEntries(COPIES.map((name) => [name, learnerElector(trial, name, report)]))
  const world = apiWorld({ seed: trial.seed, watched: ['leases'], components })
  const all = ['cp-1', 'laptop', ...COPIES.map((_, copy) => machineOf(copy))]
  COPIES.forEach((name, copy) => {
    const offset = (offsets[copy] ?? 0) * 1_000_000
    world.addMachine(machineOf(copy), { skewMicros: offset })
    const longest = Math.max(
      500,
      ...faults.filter(({ kind, who }) => kind === 'dies' && who === copy).map(({ forMs }) => forMs),
    )
    addOn(
      world,
      machineOf(copy),
      name,
      { servers: [API_SERVER] },
      {
        startAtMicros: READY_MICROS + (together ? 0 : copy * 400_000),
        restartAfterMicros: longest * 1000,
      },
    )
    const drift = drifts[copy] ?? 0
    if (drift === 0) return
    for (let past = DRIFT_STEP_MICROS; past < lastsMs * 1000; past += DRIFT_STEP_MICROS) {
      const skewMicros = offset + Math.round((past * drift) / 1000)
      world.command(past, { type: 'skew', machine: machineOf(copy), skewMicros })
    }
  })
  for (const { kind, who, atMs, forMs } of faults) {
    const process = `${machineOf(who)}/${COPIES[who]!}`
    const [at, until] = [Math.round(atMs * 1000), Math.round((atMs + forMs) * 1000)]
    if (kind === 'dies') world.command(at, { type: 'crash', process })
    else if (kind === 'stops') world.command(at, { type: 'tell', process, body: { type: 'stop' } })
    else if (kind === 'paused') {
      world.command(at, { type: 'pause', process })
      world.command(until, { type: 'resume', process })
    } else {
      const alone = machineOf(who)
      world.command(at, { type: 'partition', groups: [[alone], all.filter((machine) => machine !== alone)] })
      world.command(until, { type: 'heal' })
    }
  }
  if (serverDiesMs !== undefined) world.command(serverDiesMs * 1000, { type: 'crash', process: API_SERVER })
  return world
}

interface Reign {
  readonly who: string
  readonly from: number
  until: number
}

/** When each copy led, in true time. Who has died or stands still does nothing. */
function reignsOf(records: readonly ElectorRecord[], { faults }: Case, end: number): Reign[] {
  const reigns: Reign[] = []
  for (const [index, { at, who, what }] of records.entries()) {
    if (what !== 'leading') continue
    const next = records.slice(index + 1).find((record) => record.who === who)
    const halts = faults.filter(
      ({ kind, who: copy, atMs }) =>
        (kind === 'dies' || kind === 'paused') && COPIES[copy] === who && atMs * 1000 >= at,
    )
    const until = Math.min(next?.at ?? end, ...halts.map(({ atMs }) => atMs * 1000))
    const last = reigns.findLast((reign) => reign.who === who)
    // From one tick to the next it is the same reign.
    if (
      last &&
      records.slice(0, index).findLast((record) => record.who === who && record.what !== 'asks')?.what === 'leading' &&
      at - last.until < TICK_MICROS
    )
      last.until = until
    else reigns.push({ who, from: at, until })
  }
  return reigns
}

const seconds = (micros: number): string => (micros / 1e6).toFixed(1)
const inWords = ({ who, from, until }: Reign): string => `${who}: ${seconds(from)}–${seconds(until)} s`

/** What a write of the Lease must leave as it was, and what it must change; `sinceMicros` after the one before. */
function judgeLease(
  { before, after }: { before: Lease | undefined; after: Lease },
  sinceMicros: number,
  { offsets, faults }: Case,
): Finding | undefined {
  const { holderIdentity: was = '', leaseTransitions: old = 0, acquireTime } = before?.spec ?? {}
  const { holderIdentity: is = '', leaseTransitions = 0 } = after.spec
  const right = !before || is === '' || is === was ? old : old + 1
  const params = { was: was || '-', is: is || '-' }
  if (leaseTransitions !== right)
    return {
      message: say('transitions', params),
      expected: String(right),
      actual: String(leaseTransitions),
      hint: 'lease',
    }
  if (was !== '' && is !== '' && is !== was && sinceMicros < LEASE_MICROS_MIN)
    return { message: say('early', params), expected: '15 s', actual: `${seconds(sinceMicros)} s`, hint: 'succeed' }
  if (was !== '' && is === '' && !faults.some(({ kind, who }) => kind === 'stops' && COPIES[who] === was))
    return { message: say('lets-go-of-others', params), expected: was, actual: '-', hint: 'release' }
  // By clocks that are seconds apart, two may acquire it at the same time; not by those that are hours apart, or none.
  const isTold = offsets.every((offset) => offset % 3600 === 0)
  if (before && isTold && is !== '' && is !== was && after.spec.acquireTime === acquireTime)
    return {
      message: say('acquire-time-stays', params),
      expected: say('a-time'),
      actual: String(acquireTime),
      hint: 'lease',
    }
  if (!before || is !== was || is === '') return undefined
  const other = (['acquireTime', 'leaseDurationSeconds'] as const).find(
    (field) => after.spec[field] !== before.spec[field],
  )
  return (
    other && {
      message: say('renewal', { is, field: other }),
      expected: String(before.spec[other]),
      actual: String(after.spec[other]),
      hint: 'lease',
    }
  )
}

export interface Ran {
  readonly reigns: readonly Reign[]
  /** Who held the Lease from when on: each of its writes, by when the witness heard of it. */
  readonly writes: readonly { readonly at: number; readonly holder: string }[]
  readonly records: readonly ElectorRecord[]
  readonly end: number
}

/** Runs it, and holds it against the rules that hold at all times. */
export function run(trial: Trial<any>, plan: Case): Ran {
  const world = trial.world(plan)
  let lease: Lease | undefined
  // Whoever watches a server that dies hears of changes late.
  let changedAt = -Infinity
  const writes: { at: number; holder: string }[] = []
  const end = plan.lastsMs * 1000
  runWatched(world, { untilMicros: end }, ({ at, resource, object }: Change) => {
    if (resource !== 'leases' || object.metadata.name !== 'web-controller') return
    const after = object as Lease
    const finding =
      lease?.metadata.resourceVersion === after.metadata.resourceVersion
        ? undefined
        : judgeLease({ before: lease, after }, plan.serverDiesMs === undefined ? at - changedAt : Infinity, plan)
    if (lease?.metadata.resourceVersion !== after.metadata.resourceVersion) {
      changedAt = at
      writes.push({ at, holder: after.spec.holderIdentity ?? '' })
    }
    lease = after
    if (finding) trial.fail(finding)
  })
  const { records } = reports.get(trial)!
  const reigns = reignsOf(records, plan, end)
  for (const [index, one] of reigns.entries()) {
    const other = reigns
      .slice(0, index)
      .find(({ who, from, until }) => who !== one.who && from < one.until && one.from < until)
    if (other)
      trial.fail({
        message: say('two', { one: other.who, other: one.who }),
        expected: say('one-at-once'),
        actual: [other, one].map(inWords).join(', '),
        hint: 'safe',
      })
  }
  return { reigns, writes, records, end }
}

/** Somebody leads at the end, and so does nobody else. */
export function judgeEnd(trial: Trial<any>, { reigns, end }: Ran, from: number): void {
  const late = reigns.filter(({ until }) => until >= from)
  const last = late.find(({ until }) => until >= end - 2 * TICK_MICROS)
  if (!last)
    trial.fail({
      message: say('nobody'),
      expected: say('a-leader'),
      actual: late.map(inWords).join(', ') || '-',
      hint: 'lead',
    })
}

/** The first leader is gone since then: another leads within so long after it has last renewed. */
export function judgeSuccession(
  trial: Trial<any>,
  { reigns, writes }: Ran,
  goneMs: number,
  { within = LEASE_MICROS + SLACK_MICROS, hint = 'succeed' } = {},
): void {
  const gone = goneMs * 1000
  const since = writes.findLast(({ at }) => at <= gone)?.at ?? gone
  const [first] = reigns
  if (!first) return trial.fail({ message: say('nobody'), expected: say('a-leader'), actual: '-', hint: 'lead' })
  const next = reigns.find(({ who, from }) => who !== first.who && from > gone)
  const expected = say('until', { seconds: seconds(since + within) })
  if (!next)
    return trial.fail({
      message: say('no-successor'),
      expected,
      actual: reigns.map(inWords).join(', '),
      hint,
    })
  if (next.from > since + within) trial.fail({ message: say('late-successor'), expected, actual: inWords(next), hint })
}

/** The first who leads goes on, and renews each time. */
export function judgeCalm(trial: Trial<any>, { reigns, records, writes }: Ran): void {
  if (reigns.length === 1) {
    const { who } = reigns[0]!
    const ticks = records.filter((record) => record.who === who && record.what === 'leading').length
    const renewals = writes.filter(({ holder }) => holder === who).length
    if (renewals >= ticks - 1) return
    const actual = String(renewals)
    trial.fail({ message: say('seldom-renewed', { who }), expected: String(ticks), actual, hint: 'lead' })
  }
  if (reigns.length === 0) trial.fail({ message: say('nobody'), expected: say('a-leader'), actual: '-', hint: 'lead' })
  trial.fail({
    message: say('restless'),
    expected: inWords(reigns[0]!),
    actual: reigns.map(inWords).join(', '),
    hint: 'lead',
  })
}

/** Nobody else leads, though the first was away for a while. */
export function judgeReturn(trial: Trial<any>, { reigns, end }: Ran): void {
  const isFirsts = reigns.every(({ who }) => who === reigns[0]!.who)
  if (isFirsts && reigns.length > 1 && reigns.at(-1)!.until >= end - 2 * TICK_MICROS) return
  trial.fail({
    message: say('no-return'),
    expected: reigns[0]?.who ?? say('a-leader'),
    actual: reigns.map(inWords).join(', ') || '-',
    hint: 'lead',
  })
}

export function tellCase({ offsets, drifts, faults, serverDiesMs }: Case): TellLine[] {
  const tell = (kind: 'fault' | 'step', what: TellLine['what'], atMs?: number): TellLine => ({
    ...{ kind, what },
    ...(atMs !== undefined && { atMicros: atMs * 1000 }),
  })
  return [
    ...faults.map(({ kind, who, atMs, forMs }: Fault) =>
      tell('fault', say(`fault.${kind}`, { who: COPIES[who]!, seconds: forMs / 1000 }), atMs),
    ),
    ...(serverDiesMs === undefined ? [] : [tell('fault', say('fault.server'), serverDiesMs)]),
    ...COPIES.flatMap((who, copy) => {
      const [offset, percent] = [offsets[copy] ?? 0, (drifts[copy] ?? 0) / 10]
      return [
        ...(offset === 0 ? [] : [say(offset > 0 ? 'step.ahead' : 'step.behind', { who, by: Math.abs(offset) })]),
        ...(percent === 0 ? [] : [say(percent > 0 ? 'step.fast' : 'step.slow', { who, by: Math.abs(percent) })]),
      ].map((what) => tell('step', what))
    }),
  ]
}
