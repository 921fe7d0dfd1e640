/**
 * What the status of a kind that counts its Pods may say: no count below zero, and none of a part above that of the whole.
 *
 * What we leave out: which conditions of a Job may follow which.
 * Where to read upstream: `pkg/apis/{apps,autoscaling,batch,core,policy}/validation/validation.go` (Validate…Status).
 */
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'
import { atLeast } from '../registry/checks.ts'

interface Counts {
  /** Never below zero. */
  readonly natural: readonly string[]
  /** A part and its whole, and how the message calls the whole. */
  readonly parts?: readonly (readonly [part: string, whole: string, called: string])[]
  readonly countsCollisions?: boolean
}

type Counted = object

const ofReplicas = (...parts: string[]): Counts['parts'] => parts.map((part) => [part, 'replicas', 'status.replicas'])
const READY = ['availableReplicas', 'readyReplicas', 'readyReplicas'] as const

const REPLICATED: Counts = {
  natural: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  parts: [...ofReplicas('fullyLabeledReplicas', 'readyReplicas', 'availableReplicas')!, READY],
}

const KINDS = {
  deployment: {
    natural: ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'], // prettier-ignore
    parts: [...ofReplicas('updatedReplicas', 'readyReplicas', 'availableReplicas')!, READY],
    countsCollisions: true,
  },
  replicaSet: REPLICATED,
  replicationController: REPLICATED,
  statefulSet: {
    natural: ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration'], // prettier-ignore
    parts: [
      ...ofReplicas('readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas')!,
      ['availableReplicas', 'readyReplicas', 'status.readyReplicas'],
    ],
    countsCollisions: true,
  },
  daemonSet: {
    natural: ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable'], // prettier-ignore
    countsCollisions: true,
  },
  job: { natural: ['active', 'succeeded', 'failed'] },
  budget: { natural: ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] },
  autoscaler: { natural: ['currentReplicas', 'desiredReplicas'] },
} satisfies Record<string, Counts>

const of = (object: Counted): Readonly<Record<string, number>> =>
  (object as { readonly status?: Readonly<Record<string, number>> }).status ?? {}

/** What is wrong with the counts in a new status. */
export function validateCounts(kind: keyof typeof KINDS, object: Counted, old: Counted): FieldError[] {
  const { natural, parts = [], countsCollisions = false }: Counts = KINDS[kind]
  const status = of(object)
  const errors = natural.flatMap((name) => atLeast(0, status[name], `status.${name}`))
  if (countsCollisions) errors.push(...atLeast(0, status['collisionCount'], 'status.collisionCount'))
  for (const [part, whole, called] of parts) {
    const count = status[part] ?? 0
    if (count > (status[whole] ?? 0)) {
      errors.push(invalidValue(`status.${part}`, count, `cannot be greater than ${called}`))
    }
  }
  const before = of(old)['collisionCount'] ?? 0
  if (countsCollisions && (status['collisionCount'] ?? 0) < before) {
    errors.push(invalidValue('status.collisionCount', status['collisionCount'] ?? 0, 'cannot be decremented'))
  }
  return errors
}
