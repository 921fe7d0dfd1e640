/** The playground's world: what is done goes into its story, and the story again is the same run. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createSession, type Session } from './session.ts'
import type { Progress } from './protocol.ts'
import { DEFAULT_SETUP, FIRST_LOOK_MICROS, freshStory, type Setup, type Story } from './story.ts'
import { FILES } from './files.ts'

const SETUP: Setup = { ...DEFAULT_SETUP, nodes: 2 }

function opened(story: Story): { session: Session; progress: Progress } {
  const session = createSession()
  session.answer('open', story)
  return { session, progress: session.answer('run', { untilMicros: story.until, maxEvents: 1_000_000 }) }
}

const runTo = (session: Session, untilMicros: number): Progress =>
  session.answer('run', { untilMicros, maxEvents: 1_000_000 })

it('boots, applies a file, takes a fault, and plays the same again from its story', () => {
  const { session, progress } = opened(freshStory(SETUP))
  expect(progress.isBehind).toBe(false)
  const { id } = session.answer('type', { line: 'kubectl apply -f web.yaml', files: FILES })
  const applied = runTo(session, FIRST_LOOK_MICROS + 5_000_000)
  expect(applied.typed).toMatchObject([
    { id, output: 'deployment.apps/web created\nservice/web created\n', exitCode: 0 },
  ])
  expect(applied.frame.pods.filter(({ name, phase }) => name.startsWith('web-') && phase === 'ready')).toHaveLength(3)
  session.answer('fault', { type: 'powerOff', machine: 'node-1' })
  const { frame } = runTo(session, FIRST_LOOK_MICROS + 70_000_000)
  expect(frame.machines.find(({ name }) => name === 'node-1')?.node?.ready).toBe('Unknown')

  const { acts, at } = session.answer('story', undefined)
  // Only the file that the line names goes with it.
  expect(acts).toMatchObject([{ files: { 'web.yaml': FILES['web.yaml'] } }, { fault: { machine: 'node-1' } }])
  const again = opened({ setup: SETUP, acts, until: at })
  expect(again.progress.frame).toEqual(frame)
  expect(again.progress.tick).toBe(frame.tick)
})

// Each revision is shown by a run up to it: on a busy machine that takes its time.
it('tells the history of an object, revision by revision, and when each was written', () => {
  const { session } = opened(freshStory(SETUP))
  session.answer('type', { line: 'kubectl apply -f web.yaml', files: FILES })
  const { at, tick } = runTo(session, FIRST_LOOK_MICROS + 5_000_000)
  session.answer('type', { line: 'kubectl scale deployment web --replicas=1', files: {} })
  const later = runTo(session, at + 5_000_000)
  const web = { resource: 'deployments', namespace: 'default', name: 'web' }
  const newest = session.answer('history', { ...web, tick: later.tick })!
  const { revisions } = newest
  const first = session.answer('history', { ...web, tick: later.tick, revision: revisions[0]! })!
  expect(first.inspection).toMatchObject({ ref: { revision: revisions[0] }, wasThere: false })
  expect(first.written.tick).toBeLessThan(tick)
  const scaled = revisions
    .map((revision) => session.answer('history', { ...web, tick: later.tick, revision })!)
    .find(({ inspection }) => inspection.changes.some(({ path }) => path === 'spec.replicas'))!
  expect(scaled.written.at).toBeGreaterThan(at)
  expect(scaled.inspection.changes).toContainEqual({ path: 'spec.replicas', before: '3', after: '1' })
}, 90_000)

it('completes from what is in the store, without a trace in the run', () => {
  const { session, progress } = opened(freshStory(SETUP))
  const complete = (line: string) => session.answer('complete', { line, files: Object.keys(FILES) })
  expect(complete('kubectl get no').options).toContain('nodes')
  expect(complete('kubectl describe node ').options).toEqual(['cp-1', 'node-1', 'node-2'])
  expect(complete('kubectl -n kube-system get pod/co').options[0]).toMatch(/^pod\/coredns-/)
  expect(complete('kubectl apply -f w')).toEqual({ from: 17, options: ['web.yaml'] })
  expect(complete('kubectl get pods -n kube-s').options).toEqual(['kube-system'])
  expect(complete('kubectl uncordon ').options).toContain('node-1')
  expect(runTo(session, progress.at).tick).toBe(progress.tick)
})

it('completes and explains kinds that a definition brought', () => {
  const { session, progress } = opened(freshStory(SETUP))
  const complete = (line: string) => session.answer('complete', { line, files: [] }).options
  expect(complete('kubectl get cron')).toEqual(['cronjobs'])
  const folder = new URL('../../test/clients/kubectl/files/crontab/', import.meta.url)
  const files = { 'crd.yaml': readFileSync(new URL('crd.yaml', folder), 'utf8'), 'tab.yaml': readFileSync(new URL('tab.yaml', folder), 'utf8') } // prettier-ignore
  session.answer('type', { line: 'kubectl apply -f crd.yaml', files })
  runTo(session, progress.at + 2_000_000)
  session.answer('type', { line: 'kubectl apply -f tab.yaml', files })
  runTo(session, progress.at + 3_000_000)
  expect(complete('kubectl get cron')).toEqual(['cronjobs', 'crontabs'])
  expect(complete('kubectl describe ct ')).toEqual(['nightly'])
  expect(complete('kubectl delete crontab/')).toEqual(['crontab/nightly'])
  session.answer('type', { line: 'kubectl explain ct.spec.cronSpec', files: {} })
  const { typed } = runTo(session, progress.at + 4_000_000)
  expect(typed.at(-1)!.output).toMatch(
    /^GROUP: {6}stable.example.com\nKIND: {7}CronTab\nVERSION: {4}v1\n\nFIELD: cronSpec <string>[^]*When it runs\./,
  )
})

it.each([
  { nodes: 1, controlPlanes: 3, etcd: 'stacked', seed: 4 },
  { nodes: 1, controlPlanes: 1, etcd: 'external', seed: 5 },
] as const)('comes up with $controlPlanes control planes and $etcd etcd', (setup) => {
  const { progress } = opened(freshStory(setup))
  const ready = progress.frame.machines.filter(({ node }) => node?.ready === 'True')
  expect(ready).toHaveLength(setup.nodes + setup.controlPlanes)
})

it('keeps no act that the world refuses, and goes on without its laptop', () => {
  const { session, progress } = opened(freshStory(SETUP))
  expect(() => session.answer('fault', { type: 'crash', process: 'node-9/kubelet' })).toThrow(
    'there is no node-9/kubelet',
  )
  session.answer('fault', { type: 'powerOff', machine: 'laptop' })
  expect(runTo(session, progress.at + 1_000_000).at).toBe(progress.at + 1_000_000)
  expect(session.answer('story', undefined).acts).toMatchObject([{ fault: { machine: 'laptop' } }])
})
