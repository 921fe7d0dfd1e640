/**
 * Protobuf over the port, as a real kube-scheduler and kube-controller-manager begin: what they ask for, in what they ask it, and
 * that it says what the same answer says in JSON.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bringUp, type Up } from '../up.ts'
import { decodeProtobuf, PROTOBUF } from './protobuf.ts'
import { encodeProtobuf } from './protobuf-write.ts'

const folder = mkdtempSync(join(tmpdir(), 'protobuf-'))
const kubeconfig = join(folder, 'kubeconfig')
let up: Up
let config: any
beforeAll(async () => {
  const cluster = { seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed: 1 } as const
  up = await bringUp({ ...cluster, etcdPort: 0, port: 0, kubeconfig })
  config = parse(readFileSync(kubeconfig, 'utf8'))
}, 60_000)
afterAll(() => {
  up.stop()
  rmSync(folder, { recursive: true })
})

interface Answered {
  readonly status: number
  readonly type: string
  readonly bytes: Buffer
}

/** @param body an object: goes out as protobuf */
function ask(
  path: string,
  { method = 'GET', body, accept = `${PROTOBUF}, */*`, until }: Asked = {},
): Promise<Answered> {
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster
  const { user } = config.users.find(({ name }: { name: string }) => name === 'kubernetes-admin')
  const plain = (text: string): string => Buffer.from(text, 'base64').toString()
  const [cert, key] = [plain(user['client-certificate-data']), plain(user['client-key-data'])]
  const sent = body instanceof Uint8Array ? body : body && encodeProtobuf(body)
  const headers = { accept, ...(sent && { 'content-type': PROTOBUF, 'content-length': sent.length }) }
  return new Promise((resolve, reject) => {
    const asked = request(
      `${server}${path}`,
      { ca: plain(ca), servername: 'localhost', cert, key, method, headers },
      (answer) => {
        const parts: Buffer[] = []
        const end = (): void => {
          const { statusCode: status = 0, headers: heard } = answer
          resolve({ status, type: String(heard['content-type']), bytes: Buffer.concat(parts) })
        }
        answer.on('data', (part: Buffer) => {
          parts.push(part)
          if (until?.(Buffer.concat(parts))) answer.destroy()
        })
        answer.on('close', end)
      },
    )
    asked.on('error', reject)
    asked.end(sent)
  })
}

interface Asked {
  readonly method?: string
  readonly body?: object
  readonly accept?: string
  readonly until?: (bytes: Buffer) => boolean
}

const read = ({ bytes }: Answered): any => decodeProtobuf(bytes)
const post = (path: string, body: object): Promise<Answered> => ask(path, { method: 'POST', body })
const json = async (path: string): Promise<any> => {
  const { bytes } = await ask(path, { accept: 'application/json' })
  return JSON.parse(bytes.toString())
}

/** Without what is empty or zero, which protobuf does not tell from what is not there. */
function full(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(full)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).map(([key, inner]) => [key, full(inner)] as const)
  const isEmpty = (inner: unknown): boolean =>
    inner === '' ||
    inner === 0 ||
    inner === false ||
    inner === null ||
    (typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0)
  return Object.fromEntries(kept.filter(([, inner]) => !isEmpty(inner)))
}

describe('what a list says in protobuf is what it says in JSON', () => {
  it.each([
    ...[
      '/api/v1/pods',
      '/api/v1/nodes',
      '/api/v1/services',
      '/api/v1/namespaces',
      '/api/v1/endpoints',
      '/api/v1/events',
    ],
    ...['/apis/apps/v1/deployments', '/apis/apps/v1/replicasets', '/apis/discovery.k8s.io/v1/endpointslices'],
    ...['/apis/coordination.k8s.io/v1/leases', '/apis/events.k8s.io/v1/events'],
    ...['/apis/rbac.authorization.k8s.io/v1/clusterroles', '/apis/rbac.authorization.k8s.io/v1/rolebindings'],
    ...['/apis/storage.k8s.io/v1/storageclasses', '/apis/storage.k8s.io/v1/csistoragecapacities'],
    '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  ])('%s', async (path) => {
    const answered = await ask(`${path}?limit=500&resourceVersion=0`)
    expect([answered.status, answered.type]).toEqual([200, PROTOBUF])
    const ours = read(answered)
    // The cluster lives on meanwhile: asked once more, as it was then.
    const then = `resourceVersion=${ours.metadata.resourceVersion}&resourceVersionMatch=Exact`
    const theirs = await json(`${path}?limit=500&${then}`)
    expect(theirs.metadata.resourceVersion).toBe(ours.metadata.resourceVersion)
    // Items of a list bear no type of their own; ours do in JSON.
    const items = theirs.items.map(({ apiVersion: _, kind: __, ...item }: any) => full(item))
    expect([ours.kind, ours.items?.map(full) ?? []]).toEqual([theirs.kind, items])
  })
})

/** A body and one event behind the other, each behind its length. */
function events(bytes: Buffer): { readonly type: string; readonly object: any }[] {
  const found = []
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const event = bytes.subarray(at + 4, at + 4 + length)
    if (event.length < length) break
    at += 4 + length
    // WatchEvent{1: type, 2: RawExtension{1: bytes}}; both begin with a tag and a short length.
    const type = event.subarray(2, 2 + event[1]!).toString()
    found.push({ type, object: decodeProtobuf(event.subarray(event.indexOf('k8s\0'))) as any })
  }
  return found
}

describe('a watch in protobuf', () => {
  const watched = '/api/v1/nodes?watch=true&allowWatchBookmarks=true&timeoutSeconds=5'

  it('begins with all there is and says so, as newer informers want it (WatchList)', async () => {
    const path = `${watched}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`
    const until = (bytes: Buffer): boolean => events(bytes).some(({ type }) => type === 'BOOKMARK')
    const answered = await ask(path, { until })
    expect(answered.type).toBe(`${PROTOBUF};stream=watch`)
    const heard = events(answered.bytes)
    expect(heard.map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ['ADDED', 'cp-1'],
      ['ADDED', 'node-1'],
      ['BOOKMARK', undefined],
    ])
    expect(heard.at(-1)!.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
  })

  it('says of a version that is gone that it is', async () => {
    const { bytes } = await ask('/api/v1/nodes?watch=true&resourceVersion=1&timeoutSeconds=1', { until: () => true })
    const [first] = events(bytes)
    // Where nothing has been compacted it may still be had.
    if (first?.type === 'ERROR') expect(first.object).toMatchObject({ kind: 'Status', code: 410 })
    else expect(first?.object.kind).toBe('Node')
  })

  it('is of metadata alone where that is asked for, as the garbage collector does', async () => {
    const accept = `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json`
    const listed = read(await ask('/api/v1/nodes', { accept }))
    expect([listed.kind, listed.items[0].spec]).toEqual(['PartialObjectMetadataList', undefined])
    const until = (bytes: Buffer): boolean => events(bytes).length > 0
    const one = accept.replaceAll('MetadataList', 'Metadata')
    const [event] = events((await ask('/api/v1/nodes?watch=true&timeoutSeconds=5', { accept: one, until })).bytes)
    expect([event?.object.kind, event?.object.apiVersion]).toEqual(['PartialObjectMetadata', 'meta.k8s.io/v1'])
  })
})

describe('what a scheduler and a controller manager send', () => {
  const at = '2026-11-27T06:00:00.123456Z'
  const meta = (name: string, namespace = 'kube-system') => ({ name, namespace })

  it('a Lease that is held, by its microseconds', async () => {
    const spec = { holderIdentity: 'me', leaseDurationSeconds: 15, acquireTime: at, renewTime: at, leaseTransitions: 0 }
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta('real-scheduler'), spec }
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'
    const missing = await ask(`${path}/real-scheduler`)
    expect([missing.status, missing.type, read(missing).reason]).toEqual([404, PROTOBUF, 'NotFound'])
    const made = read(await post(path, lease))
    expect(made.spec).toMatchObject({ holderIdentity: 'me', renewTime: at })
    const renewed = await ask(`${path}/real-scheduler`, { method: 'PUT', body: made })
    expect(renewed.status).toBe(200)
    expect(
      (
        await ask(`${path}/real-scheduler`, {
          method: 'PUT',
          body: { ...made, metadata: { ...made.metadata, resourceVersion: '1' } },
        })
      ).status,
    ).toBe(409)
  })

  it('an Event of the newer group, and a binding', async () => {
    const container = { name: 'c', image: 'nginx', restartPolicy: undefined }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: meta('p', 'default'), spec: { schedulerName: 'real', containers: [container], initContainers: [{ name: 's', image: 'busybox', restartPolicy: 'Always' }] } } // prettier-ignore
    const created = read(await post('/api/v1/namespaces/default/pods', pod))
    // Younger than the oldest protobuf by many versions: a sidecar.
    expect(created.spec.initContainers[0].restartPolicy).toBe('Always')
    const event = {
      ...{ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: meta('p.1', 'default'), eventTime: at },
      ...{ reportingController: 'real', reportingInstance: 'real-1', action: 'Binding', reason: 'Scheduled' },
      regarding: { kind: 'Pod', namespace: 'default', name: 'p', uid: created.metadata.uid },
      ...{ note: 'Successfully assigned default/p to node-1', type: 'Normal' },
    }
    expect((await post('/apis/events.k8s.io/v1/namespaces/default/events', event)).status).toBe(201)
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: meta('p', 'default'), target: { kind: 'Node', name: 'node-1' } } // prettier-ignore
    const bound = await post('/api/v1/namespaces/default/pods/p/binding', binding)
    expect([bound.status, read(bound).status]).toEqual([201, 'Success'])
    expect(read(await ask('/api/v1/namespaces/default/pods/p')).spec.nodeName).toBe('node-1')
  })

  it('the end of a Job, with options that are of the kind of its group', async () => {
    const jobs = '/apis/batch/v1/namespaces/default/jobs'
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } }
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: meta('done', 'default'), spec: { suspend: true, template } } // prettier-ignore
    expect((await post(jobs, job)).status).toBe(201)
    // A typed client knows options as a kind of every group: DeleteOptions{4: propagationPolicy} of batch/v1.
    const named = Buffer.from('\n\x08batch/v1\x12\x0dDeleteOptions')
    const options = Buffer.from('\x22\x0aBackground')
    const body = Buffer.concat([Buffer.from('k8s\0\n'), Buffer.from([named.length]), named, Buffer.from([18, options.length]), options]) // prettier-ignore
    expect(decodeProtobuf(body)).toEqual({ apiVersion: 'batch/v1', kind: 'DeleteOptions', propagationPolicy: 'Background' }) // prettier-ignore
    expect((await ask(`${jobs}/done`, { method: 'DELETE', body })).status).toBe(200)
    expect((await ask(`${jobs}/done`)).status).toBe(404)
    const nowhere = Buffer.from(body.toString('latin1').replace('batch/v1', 'botch/v9'), 'latin1')
    expect((await ask(`${jobs}/done`, { method: 'DELETE', body: nowhere })).status).toBe(500)
  })

  it('slices of endpoints, and other kinds that are younger than protobuf is', async () => {
    const slice = {
      ...{
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: meta('s', 'default'),
        addressType: 'IPv4',
      },
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true, serving: true, terminating: false } }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    }
    const made = read(await post('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice))
    expect(made).toMatchObject({
      endpoints: [{ conditions: { ready: true, terminating: false } }],
      ports: [{ port: 80 }],
    })
  })

  it('whose token that is, and what somebody may do', async () => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'nobody’s' } }
    expect(read(await post('/apis/authentication.k8s.io/v1/tokenreviews', review)).status.authenticated).not.toBe(true)
    const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' }
    const asked = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: 'kubernetes-admin', groups: ['system:masters'], resourceAttributes } } // prettier-ignore
    expect(read(await post('/apis/authorization.k8s.io/v1/subjectaccessreviews', asked)).status.allowed).toBe(true)
    const token = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } }
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('real') }
    await post('/api/v1/namespaces/kube-system/serviceaccounts', account)
    const given = await post('/api/v1/namespaces/kube-system/serviceaccounts/real/token', token)
    expect(read(given).status.token.split('.')).toHaveLength(3)
  })

  it('finds who may vouch for others, and no devices that are not there', async () => {
    const { data } = read(await ask('/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'))
    expect(data['client-ca-file']).toContain('BEGIN CERTIFICATE')
    // Without it a component of somebody else's does not know whom a front proxy may speak for, and says so for ever.
    expect(data['requestheader-client-ca-file']).toContain('BEGIN CERTIFICATE')
    expect(data['requestheader-client-ca-file']).not.toBe(data['client-ca-file'])
    expect(JSON.parse(data['requestheader-username-headers'])).toEqual(['X-Remote-User'])
    const { items } = read(await ask('/apis/resource.k8s.io/v1/resourceslices'))
    expect(items ?? []).toEqual([])
  })
})
