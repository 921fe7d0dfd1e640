import { describe, expect, it } from 'vitest'
import { validateCounts } from './workload-status.ts'

const told = (...[kind, status, old = {}]: [Parameters<typeof validateCounts>[0], object, object?]) =>
  validateCounts(kind, { status }, { status: old }).map(({ field, message }) => `${field}: ${message}`)

describe('counts of a status', () => {
  it.each([
    [
      'none is below zero',
      'deployment',
      { observedGeneration: -1 },
      ['status.observedGeneration: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'no part is more than the whole',
      'replicaSet',
      { replicas: 1, readyReplicas: 2 },
      ['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas'],
    ],
    [
      'what is available is ready',
      'deployment',
      { replicas: 2, availableReplicas: 1 },
      ['status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas'],
    ],
    [
      'what is available is ready, of a StatefulSet',
      'statefulSet',
      { replicas: 2, availableReplicas: 1 },
      ['status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas'],
    ],
    [
      'of nodes, too',
      'daemonSet',
      { numberReady: -1 },
      ['status.numberReady: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a whole below zero makes all its parts too many',
      'replicationController',
      { replicas: -1 },
      [
        'status.replicas: Invalid value: -1: must be greater than or equal to 0',
        'status.fullyLabeledReplicas: Invalid value: 0: cannot be greater than status.replicas',
        'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
        'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
      ],
    ],
    ['all is well', 'job', { active: 1, succeeded: 0 }, []],
  ] as const)('%s', (_, kind, status, expected) => {
    expect(told(kind, status)).toEqual(expected)
  })

  it('collisions are never fewer', () => {
    expect(told('deployment', {}, { collisionCount: 1 })).toEqual(['status.collisionCount: Invalid value: 0: cannot be decremented']) // prettier-ignore
  })
})
