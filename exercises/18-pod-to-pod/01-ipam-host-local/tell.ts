/** A case in words, and without what makes it hard: what a failing run is told with, and compared with. */
import type { Crash, ExploredPlan, FaultPlan, TellLine } from 'clusterwright/kit'
import type { Attachment } from 'clusterwright/cni'
import type { Case, Crowd } from './cases.ts'
import type { Meeting } from './schedules.ts'
import { say } from './texts.ts'

/** Nobody waits so long for the call before. */
const APART_MICROS = 1_000_000

/** The same calls one after the other. */
export const oneByOne = (plan: Crowd): Crowd => ({
  ...plan,
  at: plan.at.map((_, index) => (index + 1) * APART_MICROS),
  leaving: plan.leaving.map((one, index) => ({ ...one, at: (plan.at.length + 1 + index) * APART_MICROS })),
})

const word = ({ containerID, ifname }: Attachment): string => `${containerID}/${ifname}`

function tellCase({ ranges, disk }: Case): TellLine[] {
  const sets = ranges.map((set, index): TellLine => {
    const words = set.map(({ subnet, rangeStart, rangeEnd }) => {
      return rangeStart || rangeEnd ? `${subnet} (${rangeStart ?? '…'}–${rangeEnd ?? '…'})` : subnet
    })
    return { kind: 'step', what: say('step.range', { number: String(index), ranges: words.join(', ') }) }
  })
  const { length: count } = disk.reservations
  return count === 0 ? sets : [...sets, { kind: 'step', what: say('step.held', { count }) }]
}

export function tellCrowd(plan: Crowd): TellLine[] {
  const { reservations } = plan.disk
  const adds = plan.at.map((atMicros, index): TellLine => {
    return { kind: 'step', what: say('step.add', { who: `new-${index + 1}/eth0` }), atMicros }
  })
  const dels = plan.leaving.flatMap(({ nth, at }): TellLine[] => {
    const leaver = reservations[nth % Math.max(1, reservations.length)]
    return leaver ? [{ kind: 'step', what: say('step.del', { who: word(leaver) }), atMicros: at }] : []
  })
  const calls = [...adds, ...dels].sort((a, b) => a.atMicros! - b.atMicros!)
  return [{ kind: 'fault', what: say('fault.together') }, ...tellCase(plan), ...calls]
}

type Doomed = Case & { readonly verb: string; readonly who: Attachment; readonly valid: readonly Attachment[] }

/** A call that dies, or whose disk refuses one. */
export function tellDoomed<Plan extends Doomed>({ plan, fault }: FaultPlan<Plan, Crash | number>): TellLine[] {
  const { verb, who, valid } = plan
  const params = { verb: verb.toUpperCase(), who: word(who) }
  const what = verb === 'gc' ? say('step.gc', { count: valid.length }) : say('step.verb', params)
  const step: TellLine = { kind: 'step', what }
  const rest = [...tellCase(plan), step]
  if (fault === undefined) return rest
  const isDisk = typeof fault === 'number'
  const number = String(isDisk ? fault : fault.call)
  return [{ kind: 'fault', what: say(isDisk ? 'fault.disk' : 'fault.crash', { call: number }) }, ...rest]
}

/** Calls that meet; that one may die on its way is in the choices. */
export const tellMeeting = ({ plan }: ExploredPlan<Meeting>): TellLine[] => [
  { kind: 'fault', what: say('fault.together') },
  ...tellCase(plan),
  ...plan.calls.map(({ verb, who }): TellLine => {
    const whom = 'containerID' in who ? word(who) : who.map(word).join(', ')
    return { kind: 'step', what: say('step.verb', { verb: verb.toUpperCase(), who: whom }) }
  }),
]
