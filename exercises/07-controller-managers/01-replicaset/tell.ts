/** A plan in words, and without its faults: what a failing run is told with, and compared with. */
import { type FaultPlan, type Said, tellDisturbance, tellFaults, type TellLine } from 'clusterwright/kit'
import { say } from './texts.ts'
import { type Act, type Plan, START_MICROS } from './world.ts'

export const calm = (plan: Plan): Plan => ({ ...plan, faults: {} })

export function tell({ sets, steps, faults }: Plan): TellLine[] {
  const made = sets.map(({ name, replicas }): TellLine => {
    return { kind: 'step', what: say('step.set', { name, replicas }), atMicros: START_MICROS }
  })
  const done = steps.map(({ atMs, act }): TellLine => {
    return { kind: 'step', what: wordsFor(act), atMicros: START_MICROS + atMs * 1000 }
  })
  return [...tellFaults(faults), ...[...made, ...done].sort((a, b) => a.atMicros! - b.atMicros!)]
}

/** The same for a check that puts one fault at each place. */
export const calmOf = <Fault>({ plan }: FaultPlan<Plan, Fault>): FaultPlan<Plan, Fault> => ({ plan: calm(plan) })

export function wordsFor(act: Act): Said {
  switch (act.do) {
    case 'scale':
      return say('step.scale', { set: act.set, replicas: act.replicas })
    case 'remove':
    case 'drop':
    case 'replace':
      return say(`step.${act.do}`, { set: act.set })
    case 'pod':
      return say('step.pod', { name: act.pod.name })
    case 'take':
      return say('step.take', { name: act.name })
    case 'restartApiServer':
      return say('step.restart')
    case 'disturb':
      return tellDisturbance(act.act)
  }
}
