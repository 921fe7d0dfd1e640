/** A plan in words, and without its faults: what a failing run is told with, and compared with. */
import { defineTexts, type FaultPlan, type Said, tellDisturbance, tellFaults, type TellLine } from 'clusterwright/kit'
import { type Act, type Plan, START_MICROS } from './world.ts'

const { texts, say } = defineTexts({
  en: {
    'step.set': 'ReplicaSet {name} wants {replicas}',
    'step.scale': '{set} is scaled to {replicas}',
    'step.remove': '{set} is deleted, a finalizer holds it',
    'step.drop': '{set} is deleted',
    'step.replace': '{set} is deleted and made again',
    'step.pod': 'Pod {name} is made by hand',
    'step.take': 'green takes Pod {name}',
    'step.restart': 'the API server restarts',
  },
  es: {
    'step.set': 'el ReplicaSet {name} quiere {replicas}',
    'step.scale': '{set} se escala a {replicas}',
    'step.remove': 'se borra {set}, un finalizador lo retiene',
    'step.drop': 'se borra {set}',
    'step.replace': 'se borra {set} y se crea de nuevo',
    'step.pod': 'alguien crea a mano el Pod {name}',
    'step.take': 'green se queda con el Pod {name}',
    'step.restart': 'el servidor de API se reinicia',
  },
})

export { texts as tellTexts }

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
