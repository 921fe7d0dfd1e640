/** The official JavaScript client, unmodified, against the simulated cluster. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import {
  AppsV1Api,
  Attach,
  AuthorizationV1Api,
  BatchV1Api,
  CoordinationV1Api,
  CoreV1Api,
  Cp,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1Lease,
  V1MicroTime,
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
  // Its status is written meanwhile: whoever comes second reads again.
  await until(async () => {
    const scale = await apps.readNamespacedDeploymentScale({ name: 'web', namespace })
    const body = { ...scale, spec: { replicas: 2 } }
    return apps.replaceNamespacedDeploymentScale({ name: 'web', namespace, body }).catch((error: { code: number }) => {
      if (error.code !== 409) throw error
      return undefined
    })
  })
  const ready = await until(async () => {
    const { status } = await apps.readNamespacedDeployment({ name: 'web', namespace })
    return status?.readyReplicas === 2 ? status : undefined
  })
  expect(ready.replicas).toBe(2)
})

it('applies, and is told whose field it would take', async () => {
  const apply = (fieldManager: string, data: Record<string, string>, force = false) =>
    core.patchNamespacedConfigMap(
      {
        ...{ name: 'applied', namespace, fieldManager, force },
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data },
      },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    )
  await apply('one', { a: '1', b: '1' })
  const refused: { code: number; body: string } = await apply('two', { a: '2' }).catch((error) => error)
  expect(refused.code).toBe(409)
  expect(JSON.parse(refused.body).details.causes).toMatchObject([{ field: '.data.a', reason: 'FieldManagerConflict' }])
  await apply('two', { a: '2' }, true)
  // What nobody applies any more goes.
  await apply('one', {})
  const { data, metadata } = await core.readNamespacedConfigMap({ name: 'applied', namespace })
  expect([data, metadata?.managedFields?.map(({ manager }) => manager).sort()]).toEqual([{ a: '2' }, ['one', 'two']])
})

it('lists in pages, and deletes a collection', async () => {
  const labels = { page: 'x' }
  for (const name of ['p1', 'p2', 'p3', 'p4', 'p5'])
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels } } })
  const asked = { namespace, labelSelector: 'page=x', limit: 2 }
  const names: (string | undefined)[] = []
  let _continue: string | undefined
  do {
    const page = await core.listNamespacedConfigMap({ ...asked, ...(_continue && { _continue }) })
    names.push(...page.items.map(({ metadata }) => metadata?.name))
    _continue = page.metadata?._continue
  } while (_continue)
  expect(names).toEqual(['p1', 'p2', 'p3', 'p4', 'p5'])
  await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'page=x' })
  expect((await core.listNamespacedConfigMap(asked)).items).toEqual([])
})

it('asks what it may do', async () => {
  const reviews = config.makeApiClient(AuthorizationV1Api)
  const resourceAttributes = { namespace, verb: 'create', resource: 'pods' }
  const { status } = await reviews.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } })
  expect(status?.allowed).toBe(true)
})

it('makes a Job', async () => {
  const batch = config.makeApiClient(BatchV1Api)
  const container = { name: 'c', image: 'busybox', command: ['true'] }
  const template = { spec: { restartPolicy: 'Never', containers: [container] } }
  await batch.createNamespacedJob({ namespace, body: { metadata: { name: 'job' }, spec: { template } } })
  expect((await batch.readNamespacedJob({ name: 'job', namespace })).spec?.backoffLimit).toBe(6)
})

/** As a controller in JavaScript does it, by a Lease: the library has nothing of its own. */
class Candidate {
  readonly #leases = config.makeApiClient(CoordinationV1Api)
  readonly #id: string

  constructor(id: string) {
    this.#id = id
  }

  /** Whether it leads now. */
  async campaign(): Promise<boolean> {
    const at = { name: 'leader', namespace }
    const now = new V1MicroTime()
    const spec = { holderIdentity: this.#id, leaseDurationSeconds: 2, acquireTime: now, renewTime: now }
    let lease: V1Lease
    try {
      lease = await this.#leases.readNamespacedLease(at)
    } catch {
      const body = { metadata: { name: 'leader' }, spec }
      return this.#leases.createNamespacedLease({ namespace, body }).then(
        () => true,
        () => false,
      )
    }
    const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = lease.spec ?? {}
    const isOver = Number(now) - Date.parse(String(renewTime)) > leaseDurationSeconds * 1_000
    if (holderIdentity !== this.#id && !isOver) return false
    return this.#leases.replaceNamespacedLease({ ...at, body: { ...lease, spec } }).then(
      () => true,
      () => false,
    )
  }
}

it('elects one leader of several, and another when it is gone', async () => {
  const [a, b, c] = [new Candidate('a'), new Candidate('b'), new Candidate('c')]
  const first = await Promise.all([a.campaign(), b.campaign(), c.campaign()])
  expect(first.filter(Boolean)).toHaveLength(1)
  const rest = [a, b, c].filter((_, index) => !first[index])
  const second = await until(async () => {
    const now = await Promise.all(rest.map((one) => one.campaign()))
    return now.some(Boolean) ? now : undefined
  })
  expect(second.filter(Boolean)).toHaveLength(1)
})

it('reads logs', async () => {
  await running('box')
  const stream = new PassThrough()
  const said = textOf(stream)
  await new Log(config).log(namespace, 'box', 'c', stream, { follow: false, tailLines: 100_000 })
  await until(() => said.text.includes('begun\ntick'))
})

/** What a command in the box prints. */
async function ran(...command: string[]): Promise<string> {
  const stdout = new PassThrough()
  const out = textOf(stdout)
  await new Promise((resolve, reject) => {
    new Exec(config).exec(namespace, 'box', 'c', command, stdout, null, null, false, resolve).catch(reject)
  })
  return out.text
}

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

it('follows a log until the container has ended', async () => {
  const container = { name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; sleep 2; echo two'] }
  const spec = { restartPolicy: 'Never', containers: [container] }
  await core.createNamespacedPod({ namespace, body: { metadata: { name: 'brief' }, spec } })
  await until(async () => {
    const { status } = await core.readNamespacedPod({ name: 'brief', namespace })
    return status?.phase !== 'Pending'
  })
  const stream = new PassThrough()
  const said = textOf(stream)
  const ended = new Promise((resolve) => stream.once('end', resolve))
  await new Log(config).log(namespace, 'brief', 'c', stream, { follow: true })
  await ended
  expect(said.text).toBe('one\ntwo\n')
})

it('speaks with a command’s input, and attaches to a process', async () => {
  await running('box')
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const out = textOf(stdout)
  const socket = await new Exec(config).exec(namespace, 'box', 'c', ['cat'], stdout, null, stdin, false)
  stdin.write('hello\n')
  await until(() => out.text === 'hello\n')
  socket.close()
  const attached = new PassThrough()
  const heard = textOf(attached)
  const other = await new Attach(config).attach(namespace, 'box', 'c', attached, null, null, false)
  await until(() => heard.text.includes('tick'))
  other.close()
})

it('copies files into a container and back', async () => {
  await running('box')
  const [there, back] = [mkdtempSync(join(folder, 'there-')), mkdtempSync(join(folder, 'back-'))]
  writeFileSync(join(there, 'letter'), 'and back\n')
  const cp = new Cp(config)
  await cp.cpToPod(namespace, 'box', 'c', there, '/srv')
  await until(async () => (await ran('cat', '/srv/letter')) === 'and back\n')
  await cp.cpFromPod(namespace, 'box', 'c', 'letter', back, '/srv')
  await until(() => existsSync(join(back, 'letter')) && readFileSync(join(back, 'letter'), 'utf8') === 'and back\n')
})

it('forwards a port', async () => {
  const container = { name: 'c', image: 'nginx' }
  await core.createNamespacedPod({ namespace, body: { metadata: { name: 'site' }, spec: { containers: [container] } } })
  await running('site')
  const forward = new PortForward(config)
  const server = createServer((socket) => void forward.portForward(namespace, 'site', [80], socket, null, socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  server.close()
  expect(answer.status).toBe(200)
})

it('is somebody else in another context', async () => {
  const viewer = new KubeConfig()
  viewer.loadFromFile(kubeconfig)
  viewer.setCurrentContext('viewer')
  const asViewer = viewer.makeApiClient(CoreV1Api)
  expect((await asViewer.listNamespacedPod({ namespace })).items.length).toBeGreaterThan(0)
  await expect(asViewer.createNamespacedConfigMap(configMap('never', {}))).rejects.toMatchObject({ code: 403 })
})
