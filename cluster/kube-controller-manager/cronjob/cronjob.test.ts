import { describe, expect, it } from 'vitest'
import type { CronJob, Job } from '#cluster/api/batch-types.ts'
import { formatTime, parseTime } from '#cluster/api/meta.ts'
import type { KubernetesEvent } from '#cluster/api/types.ts'
import { Plane } from '../control-plane.test-world.ts'
import { nextTime, offsetOf, parseSchedule } from './schedule.ts'

describe('schedules', () => {
  it.each([
    ['*/15 * * * *', '2026-01-01T09:01:00Z', ['09:15:00', '09:30:00', '09:45:00', '10:00:00'].map((at) => `2026-01-01T${at}Z`)],
    ['0 0 * * mon-fri', '2026-01-02T12:00:00Z', ['2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z']],
    ['30 4 1,15 * *', '2026-01-01T05:00:00Z', ['2026-01-15T04:30:00Z', '2026-02-01T04:30:00Z']],
    ['0 0 13 * 5', '2026-02-01T00:00:00Z', ['2026-02-06T00:00:00Z', '2026-02-13T00:00:00Z']],
    ['0 12 29 feb *', '2026-01-01T00:00:00Z', ['2028-02-29T12:00:00Z']],
    ['5/20 8-9 * * *', '2026-01-01T00:00:00Z', ['08:05:00', '08:25:00', '08:45:00', '09:05:00'].map((at) => `2026-01-01T${at}Z`)],
    ['@hourly', '2026-01-01T09:30:00Z', ['2026-01-01T10:00:00Z']],
    ['@weekly', '2026-01-01T09:30:00Z', ['2026-01-04T00:00:00Z']],
    ['@every 1h30m', '2026-01-01T09:00:00Z', ['2026-01-01T10:30:00Z', '2026-01-01T12:00:00Z']],
  ])('%s', (text, from, times) => {
    let at = parseTime(from)!
    expect(times.map(() => formatTime((at = nextTime(parseSchedule(text)!, at)!)))).toEqual(times)
  }) // prettier-ignore

  it('29 February does come, 30 February does not', () => {
    expect(nextTime(parseSchedule('0 0 30 2 *')!, 0)).toBeUndefined()
  })

  it('a time zone moves them', () => {
    const at = nextTime(parseSchedule('0 9 * * *')!, parseTime('2026-01-01T00:30:00Z')!, offsetOf('Asia/Kolkata'))!
    expect(formatTime(at)).toBe('2026-01-01T03:30:00Z')
    expect(offsetOf('Etc/GMT+5')).toBe(-300)
    expect(offsetOf('Mars/Olympus')).toBeUndefined()
  })

  it.each(['', '* * * *', '60 * * * *', '* * 0 * *', '* * * 13 *', '* * * * 7', '5-1 * * * *', '*/0 * * * *', '@never', '@every x', 'a * * * *'])('refuses %j', (text) => expect(parseSchedule(text)).toBeUndefined()) // prettier-ignore
})

const cron = (spec: object = {}, image = 'exit-0'): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick', namespace: 'default' },
  spec: {
    schedule: '* * * * *',
    ...spec,
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } } } },
  },
})
const plane = (): Plane => new Plane({ enabled: ['cronjob', 'job'] }).seconds(3)
const found = (it: Plane) => it.get<CronJob>('cronjobs', 'tick')!
const jobs = (it: Plane): Job[] => it.cached<Job>('jobs')
const told = (it: Plane): string[] =>
  it.list<KubernetesEvent>('events').filter(({ involvedObject }) => involvedObject.kind === 'CronJob').map(({ reason }) => reason) // prettier-ignore

describe('the CronJob controller', () => {
  it('makes a Job each time, keeps the last three that succeeded, and says when', () => {
    const it = plane()
    it.create(cron())
    it.seconds(6 * 60)
    expect(jobs(it).length).toBe(3)
    const { status } = found(it)
    expect(status).toMatchObject({ lastScheduleTime: '2026-01-01T09:06:00Z', lastSuccessfulTime: '2026-01-01T09:06:02Z' }) // prettier-ignore
    expect(status?.active).toBeUndefined()
    expect(jobs(it)[0]!.metadata).toMatchObject({
      name: `tick-${parseTime('2026-01-01T09:04:00Z')! / 60e6}`,
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T09:04:00Z' },
    })
    expect(new Set(told(it))).toEqual(new Set(['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete']))
  })

  it.each([
    ['Allow', 3, ['SuccessfulCreate']],
    ['Forbid', 1, ['SuccessfulCreate', 'JobAlreadyActive']],
    ['Replace', 1, ['SuccessfulCreate', 'SuccessfulDelete']],
  ])('with concurrencyPolicy %s, while Jobs still run', (concurrencyPolicy, count, reasons) => {
    const it = plane()
    it.create(cron({ concurrencyPolicy }, 'web'))
    it.seconds(3 * 60)
    expect(jobs(it).filter(({ metadata }) => !metadata.deletionTimestamp)).toHaveLength(count)
    expect(found(it).status?.active).toHaveLength(count)
    expect(told(it)).toEqual(expect.arrayContaining(reasons))
  })

  it('makes one Job, and not each, for what it has missed; none past startingDeadlineSeconds', () => {
    const it = plane()
    it.create(cron({ schedule: '*/2 * * * *' }))
    it.create({ ...(cron({ startingDeadlineSeconds: 30, schedule: '*/2 * * * *' }) as any), metadata: { name: 'strict', namespace: 'default' } })
    it.world.command(it.world.now, { type: 'pause', process: 'cp-1/kube-controller-manager' })
    it.seconds(7 * 60)
    it.world.command(it.world.now, { type: 'resume', process: 'cp-1/kube-controller-manager' })
    it.seconds(20)
    expect(jobs(it).map(({ metadata }) => metadata.name)).toEqual([`tick-${parseTime('2026-01-01T09:06:00Z')! / 60e6}`])
  }) // prettier-ignore

  it('makes none while it is suspended, or where it does not know the zone', () => {
    const it = plane()
    it.create(cron({ suspend: true }))
    it.create({ ...(cron({ timeZone: 'Mars/Olympus' }) as any), metadata: { name: 'mars', namespace: 'default' } })
    it.seconds(130)
    expect(jobs(it)).toEqual([])
    expect(told(it)).toEqual(['UnknownTimeZone'])
  })

  it('does not count a Job that somebody has made by hand', () => {
    const it = plane()
    const { metadata } = it.create(cron({ suspend: true }, 'web'))
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid: metadata.uid, controller: true }
    const { jobTemplate } = (cron({}, 'web') as any).spec
    it.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'manual', namespace: 'default', ownerReferences: [owner] }, spec: jobTemplate.spec }) // prettier-ignore
    it.seconds(5)
    expect(found(it).status?.active).toBeUndefined()
    expect(new Set(told(it))).toEqual(new Set(['UnexpectedJob']))
  })

  it('makes no Job twice, wherever it crashes', () => {
    for (let micros = 500; micros < 20_000; micros += 4_500) {
      const it = plane()
      it.create(cron({ schedule: '*/5 * * * *' }))
      it.world.run({ untilMicros: 300e6 + micros })
      it.world.command(it.world.now, { type: 'crash', process: 'cp-1/kube-controller-manager' })
      it.seconds(30)
      expect([micros, jobs(it).length, found(it).status?.lastScheduleTime]).toEqual([micros, 1, '2026-01-01T09:05:00Z'])
    }
  })
})
