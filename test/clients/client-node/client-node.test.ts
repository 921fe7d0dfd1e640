/** The official JavaScript client, unmodified, against the simulated cluster. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import {
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
  type V1Status,
  VersionApi,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bringUp, type Up } from '../../../ports/up.ts'

const folder = mkdtempSync(join(tmpdir(), 'client-node-'))
const kubeconfig = join(folder, 'kubeconfig')
const config = new KubeConfig()
let up: Up
let core: CoreV1Api

const namespace = 'default'
const configMap = (name: string, data: Record<string, string>) => ({ namespace, body: { metadata: { name }, data } })

async function until<T>(what: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const deadline = Date.now() + 20_000; ;) {
    const value = await what()
    if (value) return value
    if (Date.now() > deadline) throw new Error('it did not come to pass in 20 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const running = (name: string): Promise<V1Pod> =>
  until(async () => {
    const pod = await core.readNamespacedPod({ name, namespace })
    return pod.status?.phase === 'Running' ? pod : undefined
  })

const textOf = (stream: PassThrough): { text: string } => {
  const said = { text: '' }
  stream.on('data', (bytes: Buffer) => (said.text += bytes.toString()))
  return said
}

beforeAll(async () => {
  up = await bringUp({
    ...{ seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed: 4 },
    ...{ etcdPort: 0, port: 0, kubeconfig },
  })
  config.loadFromFile(kubeconfig)
  core = config.makeApiClient(CoreV1Api)
  const image = {
    name: 'c',
    image: 'busybox',
    command: ['sh', '-c', 'echo begun; while true; do echo tick; sleep 1; done'],
  }
  await core.createNamespacedPod({ namespace, body: { metadata: { name: 'box' }, spec: { containers: [image] } } })
}, 60_000)
afterAll(() => {
  up.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('asks for the version, and lists', async () => {
  expect((await config.makeApiClient(VersionApi).getCode()).major).toBe('1')
  expect((await core.listNode()).items.map(({ metadata }) => metadata?.name)).toContain('node-1')
})

it('creates, reads, replaces, patches in three ways, and deletes', async () => {
  await core.createNamespacedConfigMap(configMap('cm', { a: '1' }))
  const read = await core.readNamespacedConfigMap({ name: 'cm', namespace })
  expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date)
  await core.replaceNamespacedConfigMap({ name: 'cm', namespace, body: { ...read, data: { a: '2' } } })
  const patches = [
    [PatchStrategy.MergePatch, { data: { b: '1' } }],
    [PatchStrategy.StrategicMergePatch, { metadata: { labels: { l: 'x' } } }],
    [PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/c', value: '1' }]],
  ] as const
  for (const [strategy, body] of patches)
    await core.patchNamespacedConfigMap({ name: 'cm', namespace, body }, setHeaderOptions('Content-Type', strategy))
  const patched = await core.readNamespacedConfigMap({ name: 'cm', namespace })
  expect([patched.data, patched.metadata?.labels]).toEqual([{ a: '2', b: '1', c: '1' }, { l: 'x' }])
  await core.deleteNamespacedConfigMap({ name: 'cm', namespace })
  await expect(core.readNamespacedConfigMap({ name: 'cm', namespace })).rejects.toMatchObject({ code: 404 })
})

it('is told of a stale version', async () => {
  await core.createNamespacedConfigMap(configMap('stale', {}))
  const body = await core.readNamespacedConfigMap({ name: 'stale', namespace })
  await core.replaceNamespacedConfigMap({ name: 'stale', namespace, body: { ...body, data: { a: '1' } } })
  const again = core.replaceNamespacedConfigMap({ name: 'stale', namespace, body: { ...body, data: { a: '2' } } })
  await expect(again).rejects.toMatchObject({ code: 409 })
})

it('watches', async () => {
  const seen: string[] = []
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const aborter = await new Watch(config).watch(
    path,
    { fieldSelector: 'metadata.name=watched' },
    (type) => void seen.push(type),
    () => {},
  )
  await core.createNamespacedConfigMap(configMap('watched', {}))
  await core.deleteNamespacedConfigMap({ name: 'watched', namespace })
  await until(() => seen.length >= 2)
  aborter.abort()
  expect(seen).toEqual(['ADDED', 'DELETED'])
})

it('keeps a cache by an informer', async () => {
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }))
  const seen: string[] = []
  for (const verb of ['add', 'update', 'delete'] as const)
    informer.on(verb, ({ metadata }) => metadata?.name === 'informed' && void seen.push(verb))
  await informer.start()
  await core.createNamespacedConfigMap(configMap('informed', {}))
  await until(() => seen.includes('add'))
  const body = await core.readNamespacedConfigMap({ name: 'informed', namespace })
  await core.replaceNamespacedConfigMap({ name: 'informed', namespace, body: { ...body, data: { a: '1' } } })
  await until(() => seen.includes('update'))
  await core.deleteNamespacedConfigMap({ name: 'informed', namespace })
  await until(() => seen.includes('delete'))
  await informer.stop()
  expect(seen).toEqual(['add', 'update', 'delete'])
})

it('reads any kind by its name alone', async () => {
  const objects = KubernetesObjectApi.makeApiClient(config)
  const read = await objects.read({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  expect(read.metadata?.name).toBe(namespace)
})

it('scales a Deployment', async () => {
  const apps = config.makeApiClient(AppsV1Api)
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
  const spec = { replicas: 1, selector: { matchLabels: labels }, template }
  await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'web' }, spec } })
  const scale = await apps.readNamespacedDeploymentScale({ name: 'web', namespace })
  await apps.replaceNamespacedDeploymentScale({ name: 'web', namespace, body: { ...scale, spec: { replicas: 2 } } })
  const ready = await until(async () => {
    const { status } = await apps.readNamespacedDeployment({ name: 'web', namespace })
    return status?.readyReplicas === 2 ? status : undefined
  })
  expect(ready.replicas).toBe(2)
})

it('holds a Lease to the microsecond', async () => {
  const leases = config.makeApiClient(CoordinationV1Api)
  const renewTime = '2026-01-02T03:04:05.678901Z'
  const body = { metadata: { name: 'held' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime } }
  await leases.createNamespacedLease({ namespace, body: body as never })
  const read = await leases.readNamespacedLease({ name: 'held', namespace })
  expect(read.spec?.holderIdentity).toBe('me')
})

it('reads logs', async () => {
  await running('box')
  const stream = new PassThrough()
  const said = textOf(stream)
  await new Log(config).log(namespace, 'box', 'c', stream, { follow: false, tailLines: 50 })
  await until(() => said.text.includes('begun\ntick'))
})

it('runs a command, and hears how it ended', async () => {
  await running('box')
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const [out, err] = [textOf(stdout), textOf(stderr)]
  const command = ['sh', '-c', 'echo out; echo err >&2; exit 3']
  const status = await new Promise<V1Status>((resolve, reject) => {
    const exec = new Exec(config).exec(namespace, 'box', 'c', command, stdout, stderr, null, false, resolve)
    exec.catch(reject)
  })
  await until(() => out.text !== '' && err.text !== '')
  expect([out.text, err.text, status.reason]).toEqual(['out\n', 'err\n', 'NonZeroExitCode'])
})

it('is somebody else in another context', async () => {
  const viewer = new KubeConfig()
  viewer.loadFromFile(kubeconfig)
  viewer.setCurrentContext('viewer')
  const asViewer = viewer.makeApiClient(CoreV1Api)
  expect((await asViewer.listNamespacedPod({ namespace })).items.length).toBeGreaterThan(0)
  await expect(asViewer.createNamespacedConfigMap(configMap('never', {}))).rejects.toMatchObject({ code: 403 })
})
