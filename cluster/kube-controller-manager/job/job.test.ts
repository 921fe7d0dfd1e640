import { describe, expect, it } from 'vitest'
import type { Job, JobSpec } from '#cluster/api/batch-types.ts'
import type { KubernetesEvent, Pod } from '#cluster/api/types.ts'
import { Plane } from '../control-plane.test-world.ts'
import { formatIndexes, parseIndexes } from './indexed.ts'
import { verdictOn } from './pod-failure-policy.ts'

const MANAGER = 'cp-1/kube-controller-manager'
const template = (image: string, restartPolicy = 'Never') => ({ spec: { restartPolicy, containers: [{ name: 'c', image }] } }) // prettier-ignore
const job = (spec: Partial<JobSpec> & { image?: string } = {}): object => {
  const { image = 'exit-0', ...rest } = spec
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'work', namespace: 'default' }, spec: { template: template(image), ...rest } } // prettier-ignore
}
const plane = (): Plane => new Plane({ enabled: ['job', 'ttl-after-finished'] }).seconds(3)
const found = (it: Plane) => it.get<Job>('jobs', 'work')
const isOver = (it: Plane): string | undefined =>
  found(it)?.status?.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed')?.type
const phases = (it: Plane): string[] => it.pods().map(({ status }) => status?.phase ?? '-').sort() // prettier-ignore
const active = (it: Plane): Pod[] => it.pods().filter(({ status, metadata }) => !metadata.deletionTimestamp && (status?.phase === 'Running' || status?.phase === 'Pending')) // prettier-ignore

describe('the Job controller', () => {
  it('makes Pods until so many have succeeded, never more than parallelism at once, and counts each once', () => {
    const it = plane()
    it.create(job({ completions: 5, parallelism: 2 }))
    let most = 0
    it.until(() => ((most = Math.max(most, active(it).length)), isOver(it) === 'Complete'))
    expect(most).toBe(2)
    expect(phases(it)).toEqual(Array(5).fill('Succeeded'))
    const { status } = found(it)!
    expect(status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
    expect(status?.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
      ['SuccessCriteriaMet', 'CompletionsReached'],
      ['Complete', 'CompletionsReached'],
    ])
    it.seconds(2)
    expect(it.pods().flatMap(({ metadata }) => metadata.finalizers ?? [])).toEqual([])
  })

  it('of a work queue, waits for all once one has succeeded', () => {
    const it = plane()
    it.create(job({ parallelism: 3 }))
    it.until(() => isOver(it) === 'Complete')
    expect(phases(it)).toEqual(Array(3).fill('Succeeded'))
    expect(found(it)?.status?.succeeded).toBe(3)
  })

  it('waits 10 s, 20 s … before it tries again, and fails past backoffLimit', () => {
    const it = plane()
    it.create(job({ image: 'exit-1', backoffLimit: 2 }))
    expect(it.until(() => isOver(it) === 'Failed')).toBeGreaterThan(30)
    expect(phases(it)).toEqual(['Failed', 'Failed', 'Failed'])
    expect(found(it)?.status).toMatchObject({ failed: 3, conditions: [{ type: 'FailureTarget' }, { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }] }) // prettier-ignore
  })

  it('gives each Pod of an indexed Job a number, and a failed number another Pod', () => {
    const it = plane()
    it.create(job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }))
    it.until(() => it.pods().length === 3)
    const [first] = it.pods()
    expect(first!.metadata.name).toMatch(/^work-\d-\w{5}$/)
    expect(first!.spec.hostname).toMatch(/^work-\d$/)
    it.request({ method: 'DELETE', path: `/api/v1/namespaces/default/pods/${first!.metadata.name}` })
    it.until(() => isOver(it) === 'Complete', 90)
    expect(found(it)?.status).toMatchObject({ completedIndexes: '0-2', succeeded: 3, failed: 1 })
  })

  it('ends when its time is over, and takes its Pods along', () => {
    const it = plane()
    it.create(job({ image: 'web', parallelism: 2, completions: 2, activeDeadlineSeconds: 5 }))
    const took = it.until(() => isOver(it) === 'Failed')
    expect(took).toBeGreaterThan(4.5)
    expect(took).toBeLessThan(9)
    expect(found(it)?.status?.conditions?.at(-1)).toMatchObject({ reason: 'DeadlineExceeded' })
    it.until(() => it.pods().length === 0)
  })

  it('suspends without counting a failure, and starts its clock anew when it goes on', () => {
    const it = plane()
    it.create(job({ image: 'web', parallelism: 2, completions: 2 }))
    it.until(() => active(it).length === 2)
    const suspend = (so: boolean) =>
      it.request({ method: 'PATCH', path: '/apis/batch/v1/namespaces/default/jobs/work', headers: { 'content-type': 'application/merge-patch+json' }, body: { spec: { suspend: so } } }) // prettier-ignore
    suspend(true)
    it.until(() => it.pods().length === 0)
    it.seconds(2)
    expect(found(it)?.status).toMatchObject({ terminating: 0, conditions: [{ type: 'Suspended', status: 'True' }] })
    expect(found(it)?.status?.failed).toBeUndefined()
    expect(found(it)?.status?.startTime).toBeUndefined()
    suspend(false)
    it.until(() => active(it).length === 2)
    expect(found(it)?.status?.conditions).toMatchObject([{ type: 'Suspended', status: 'False', reason: 'JobResumed' }])
  })

  it('is deleted ttlSecondsAfterFinished after its end, with its Pods', () => {
    const it = plane()
    it.create(job({ ttlSecondsAfterFinished: 10 }))
    it.until(() => isOver(it) === 'Complete')
    expect(it.until(() => found(it) === undefined)).toBeGreaterThan(8)
    it.until(() => it.pods().length === 0)
  })

  it('lets go of Pods whose Job is gone', () => {
    const it = plane()
    it.create(job({ image: 'web' }))
    it.until(() => active(it).length === 1)
    it.request({ method: 'DELETE', path: '/apis/batch/v1/namespaces/default/jobs/work', body: { propagationPolicy: 'Background' } }) // prettier-ignore
    it.until(() => it.pods().length === 0)
  })

  it('neither counts twice nor makes too many, wherever it crashes', () => {
    for (let micros = 1_000; micros < 40_000; micros += 6_500) {
      const it = plane()
      it.create(job({ completions: 2, parallelism: 2 }))
      it.until(() => it.pods().some(({ status }) => status?.phase === 'Succeeded'))
      it.world.command(it.world.now + micros, { type: 'crash', process: MANAGER })
      it.seconds(1)
      it.until(() => isOver(it) === 'Complete')
      expect([micros, found(it)?.status?.succeeded, it.pods().length]).toEqual([micros, 2, 2])
    }
  })

  it('tells of it', () => {
    const it = plane()
    it.create(job())
    it.until(() => isOver(it) === 'Complete')
    it.seconds(1)
    const events = it.list<KubernetesEvent>('events').filter(({ involvedObject }) => involvedObject.kind === 'Job')
    expect(events.map(({ reason, message }) => `${reason}: ${message.replace(/-\w{5}$/, '')}`)).toEqual([
      'SuccessfulCreate: Created pod: work',
      'Completed: Job completed',
    ])
  })

  it('writes nothing while nothing changes', () => {
    const it = plane()
    it.create(job({ image: 'web' }))
    it.seconds(10)
    const version = found(it)?.metadata.resourceVersion
    it.seconds(300)
    expect(found(it)?.metadata.resourceVersion).toBe(version)
  })
})

it.each([
  ['', []],
  ['0', [0]],
  ['0,1', [0, 1]],
  ['0-2,4,6,7,9', [0, 1, 2, 4, 6, 7, 9]],
] as const)('indexes %j', (text, indexes) => {
  expect(formatIndexes(new Set(indexes))).toBe(text)
  expect([...parseIndexes(text)]).toEqual(indexes)
})

describe('podFailurePolicy', () => {
  const pod = (exitCode: number, conditions: object[] = []) => ({ metadata: { name: 'p', namespace: 'n' }, spec: { containers: [] }, status: { phase: 'Failed', conditions, containerStatuses: [{ name: 'c', state: { terminated: { exitCode } } }] } }) as unknown as Pod // prettier-ignore
  const rules = [
    { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'Count', onExitCodes: { containerName: 'other', operator: 'NotIn', values: [0] } },
  ]
  const ruled = { spec: { podFailurePolicy: { rules } } } as unknown as Job
  it.each([
    ['an exit code', pod(42), { failJob: 'Container c for pod n/p failed with exit code 42 matching FailJob rule at index 0' }],
    ['a condition', pod(1, [{ type: 'DisruptionTarget', status: 'True' }]), 'ignored'],
    ['no rule', pod(1), 'failed'],
  ])('by %s', (_what, given, verdict) => expect(verdictOn(ruled, given)).toEqual(verdict)) // prettier-ignore
})
