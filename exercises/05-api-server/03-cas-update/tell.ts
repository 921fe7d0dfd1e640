/** A case in words, and the same without what makes it hard. */
import type { ExploredPlan, FaultPlan, TellLine } from 'clusterwright/kit'
import type { Case, Lost, Wish } from './cases.ts'
import { writerName } from './store.ts'
import { say } from './texts.ts'

export interface Loss extends Lost {
  readonly writer: number
}

export function withLoss(plan: Case, loss: Loss | undefined): Case {
  if (!loss) return plan
  const { writer, ...lost } = loss
  return { ...plan, writers: plan.writers.map((one, index) => (index === writer ? { ...one, lost } : one)) }
}

function wishInWords({ add, label, refuseFrom, key, resourceVersion, uid }: Wish): string {
  return [
    ...(add === undefined ? [] : [`+${add}`]),
    ...(label === undefined ? [] : [`tier=${label}`]),
    ...(refuseFrom === undefined ? [] : [`count < ${refuseFrom}`]),
    ...(key === undefined ? [] : [key]),
    ...(resourceVersion === undefined ? [] : [`resourceVersion: ${resourceVersion}`]),
    ...(uid === undefined ? [] : [`uid: ${uid}`]),
  ].join(' ')
}

const faultOf = ({ call, carriedOut }: Lost, index: number): TellLine => ({
  kind: 'fault',
  what: say(carriedOut ? 'fault.lost' : 'fault.unheard', { call, who: writerName(index) }),
})

export function tellCase({ count, writers, deeds = [] }: Case): TellLine[] {
  const steps = [
    count === null ? say('step.none') : say('step.count', { count }),
    ...writers.map(({ wishes }, index) =>
      say('step.wish', { who: writerName(index), what: wishes.map(wishInWords).join(' · ') }),
    ),
    ...(deeds.length > 0 ? [say('step.deeds', { what: deeds.join(', ') })] : []),
  ]
  return [
    ...writers.flatMap(({ lost }, index) => (lost ? [faultOf(lost, index)] : [])),
    ...steps.map((what): TellLine => ({ kind: 'step', what })),
  ]
}

export const tellCrowd = (plan: Case): TellLine[] => [{ kind: 'fault', what: say('fault.together') }, ...tellCase(plan)]
export const tellRace = ({ plan }: ExploredPlan<Case>): TellLine[] => tellCrowd(plan)
export const tellLoss = ({ plan, fault }: FaultPlan<Case, Loss>): TellLine[] => tellCase(withLoss(plan, fault))

/** One after the other. */
export const oneByOne = (plan: Case): Case => ({
  ...plan,
  writers: plan.writers.map((writer, index) => ({ ...writer, atMs: (index + 1) * 1000 })),
})
