/** The port as a client sees it: TLS, credentials, bytes. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import protobuf from 'protobufjs/minimal.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { parse } from 'yaml'
import type { Command } from '#cluster/kernel/command.ts'
import { bringUp, type Up, type UpOptions } from '../up.ts'

const folder = mkdtempSync(join(tmpdir(), 'kube-apiserver-port-'))
const file = join(folder, 'kubeconfig')
const OPTIONS: UpOptions = {
  ...{ seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed: 1 },
  ...{ etcdPort: 0, port: 0, kubeconfig: file },
}

let up: Up
let config: any
beforeAll(async () => {
  up = await bringUp(OPTIONS)
  config = parse(readFileSync(file, 'utf8'))
}, 60_000)
afterAll(() => {
  up.stop()
  rmSync(folder, { recursive: true })
})

interface Asked {
  readonly as?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: any
  readonly bytes: Buffer
}

const decode = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'base64').toString()

/** Asks as one of the people in the kubeconfig does; empty: as nobody. */
function ask(
  path: string,
  { as = 'kubernetes-admin', method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answered> {
  const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster
  const user = config.users.find((one: any) => one.name === as)?.user ?? {}
  const [cert, key] = [decode(user['client-certificate-data']), decode(user['client-key-data'])]
  const credentials = { ca: decode(authority)!, servername: 'localhost', ...(cert && key && { cert, key }) }
  const token = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` }
  return new Promise((resolve, reject) => {
    const asked = request(
      `${server}${path}`,
      { ...credentials, method, headers: { ...token, ...headers } },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const raw = Buffer.concat(parts)
          const bytes = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
          const text = bytes.toString()
          const isWhole = answer.headers['content-length'] !== undefined
          const isJson = isWhole && answer.headers['content-type'] === 'application/json'
          const read: unknown = isJson ? JSON.parse(text) : text
          resolve({ status: answer.statusCode!, headers: answer.headers, body: read, bytes })
        })
      },
    )
    asked.on('upgrade', ({ statusCode: status = 0, headers: heard }, socket) => {
      socket.destroy()
      resolve({ status, headers: heard, body: undefined, bytes: Buffer.alloc(0) })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { k: 'v' },
})
const post = (body: string | Buffer, type?: string) =>
  ask(CONFIG_MAPS, { method: 'POST', body, ...(type && { headers: { 'content-type': type } }) })

describe('who asks', () => {
  it.each([
    ['kubernetes-admin', 200, 201],
    ['dana', 403, 201],
    ['victor', 200, 403],
    ['gus', 403, 403],
    ['', 403, 403],
  ])('%s lists all namespaces (%i) and writes in default (%i)', async (as, lists, writes) => {
    expect((await ask('/api/v1/pods', { as })).status).toBe(lists)
    const body = JSON.stringify(configMap(`of-${as || 'nobody'}`))
    expect((await ask(CONFIG_MAPS, { as, method: 'POST', body })).status).toBe(writes)
  })

  it('a token that nobody has is refused, and says nothing else', async () => {
    const { status, body } = await ask('/api/v1/pods', { as: '', headers: { authorization: 'Bearer wrong' } })
    expect([status, body.reason]).toEqual([401, 'Unauthorized'])
  })

  it.each([
    [{ host: 'evil.example:6443' }, 'the host'],
    [{ origin: 'https://evil.example' }, 'the origin'],
    [{ origin: 'null' }, 'the origin'],
  ])('a page elsewhere is not answered: %j', async (headers, text) => {
    const { status, body } = await ask('/version', { headers: headers as Record<string, string> })
    expect(status).toBe(403)
    expect(body).toContain(text)
  })
})

describe('bytes', () => {
  it.each([
    ['JSON without saying so', JSON.stringify(configMap('plain')), undefined],
    ['YAML', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-yaml}\ndata: {k: v}\n', 'application/yaml'],
    ['protobuf', protobufConfigMap('from-protobuf'), 'application/vnd.kubernetes.protobuf'],
  ])('a body may be %s', async (_, body, type) => {
    const { status, body: created } = await post(body, type)
    expect([status, created.data]).toEqual([201, { k: 'v' }])
  })

  it.each([
    ['garbage', '{"kind"', undefined, 400, 'BadRequest'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined, 400, 'BadRequest'],
    ['YAML that is none', 'a: [', 'application/yaml', 400, 'BadRequest'],
    ['protobuf that is none', 'k8s\0\xff', 'application/vnd.kubernetes.protobuf', 400, 'BadRequest'],
    ['deeper than anything', '['.repeat(5_000) + ']'.repeat(5_000), undefined, 400, 'BadRequest'],
    ['of a type that nobody reads', '<a/>', 'text/xml', 415, 'UnsupportedMediaType'],
    ['too big', JSON.stringify({ k: 'x'.repeat(4_000_000) }), undefined, 413, 'RequestEntityTooLarge'],
  ])('a body that is %s is refused', async (_, body, type, status, reason) => {
    const answered = await post(body, type)
    expect([answered.status, answered.body.reason]).toEqual([status, reason])
  })

  it('a bad body tells nobody anything who may not write', async () => {
    expect((await ask(CONFIG_MAPS, { as: 'victor', method: 'POST', body: '{' })).status).toBe(403)
  })

  it('an answer comes as the client takes it', async () => {
    const yaml = await ask(`${CONFIG_MAPS}/plain`, { headers: { accept: 'application/yaml' } })
    expect(parse(yaml.body).kind).toBe('ConfigMap')
    expect((await ask(CONFIG_MAPS, { headers: { accept: 'text/html' } })).status).toBe(406)
    expect((await ask(`${CONFIG_MAPS}/plain?pretty=1`)).bytes.toString()).toContain('\n  "kind"')
  })

  it('a long answer is packed for whoever unpacks it', async () => {
    for (let i = 0; i < 3; i++)
      await post(JSON.stringify({ ...configMap(`big-${i}`), data: { k: 'x'.repeat(90_000) } }))
    const packed = await ask(CONFIG_MAPS, { headers: { 'accept-encoding': 'gzip' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.body.items.length).toBeGreaterThan(3)
  })
})

it('a watch tells of what happens, line by line, and ends with its time', async () => {
  const watched = ask(`${CONFIG_MAPS}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=seen`)
  await post(JSON.stringify(configMap('seen')))
  await ask(`${CONFIG_MAPS}/seen`, { method: 'DELETE' })
  const { body } = await watched
  const events = (body as string)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
    ['ADDED', 'seen'],
    ['DELETED', 'seen'],
  ])
})

describe('kubectl of each version is answered in what it asks for', () => {
  const NEWEST = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const BETA = NEWEST.replace('v=v2;', 'v=v2beta1;')
  const OPENAPI = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

  it.each([
    ['1.20 to 1.26', 'application/json, */*', 'application/json', 'APIGroupList'],
    ['1.27 to 1.29', `${BETA},application/json`, BETA, 'APIGroupDiscoveryList'],
    ['from 1.30', `${NEWEST},${BETA},application/json`, NEWEST, 'APIGroupDiscoveryList'],
  ])('discovery of %s', async (_, accept, type, kind) => {
    const { headers, bytes } = await ask('/apis', { headers: { accept } })
    expect([headers['content-type'], JSON.parse(bytes.toString()).kind]).toEqual([type, kind])
  })

  beforeAll(async () => {
    const container = { name: 'c', image: 'nginx' }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'site' }, spec: { containers: [container] } }
    await ask('/api/v1/namespaces/default/pods', { method: 'POST', body: JSON.stringify(pod) })
    up.live.speed = 50
    while ((await ask('/api/v1/namespaces/default/pods/site')).body.status.phase !== 'Running');
    up.live.speed = 1
  })

  it('OpenAPI: v2 as protobuf to the oldest, v3 by groups to the others, and neither twice', async () => {
    const old = await ask('/openapi/v2?timeout=32s', { headers: { accept: OPENAPI } })
    expect(old.headers['content-type']).toBe('application/octet-stream')
    const tag = { 'if-none-match': String(old.headers['etag']), accept: OPENAPI }
    expect((await ask('/openapi/v2?timeout=32s', { headers: tag })).status).toBe(304)
    const { body } = await ask('/openapi/v3')
    const { body: apps } = await ask(body.paths['apis/apps/v1'].serverRelativeURL)
    expect(Object.keys(apps.components.schemas)).toContain('io.k8s.api.apps.v1.Deployment')
  })

  it('--subresource: a Scale', async () => {
    const deployment = {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'scaled' } },
      spec: {
        ...{ replicas: 0, selector: { matchLabels: { app: 'x' } } },
        template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    }
    const path = '/apis/apps/v1/namespaces/default/deployments'
    expect((await ask(path, { method: 'POST', body: JSON.stringify(deployment) })).status).toBe(201)
    expect((await ask(`${path}/scaled/scale`)).body).toMatchObject({ kind: 'Scale', spec: {} })
  })

  it.each([
    ['exec to 1.29: SPDY', 'exec?command=true&stdout=1', { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v4.channel.k8s.io' }, 'x-stream-protocol-version', 'v4.channel.k8s.io'], // prettier-ignore
    ['exec from 1.30: WebSocket', 'exec?command=true&stdout=1', { upgrade: 'websocket', 'sec-websocket-protocol': 'v5.channel.k8s.io' }, 'sec-websocket-protocol', 'v5.channel.k8s.io'], // prettier-ignore
    ['port-forward to 1.30: SPDY', 'portforward', { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'portforward.k8s.io' }, 'x-stream-protocol-version', 'portforward.k8s.io'], // prettier-ignore
    ['port-forward from 1.31: SPDY in a WebSocket', 'portforward', { upgrade: 'websocket', 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io' }, 'sec-websocket-protocol', 'SPDY/3.1+portforward.k8s.io'], // prettier-ignore
  ] as const)('%s', async (_, what, headers, name, protocol) => {
    const socket = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' }
    const method = headers.upgrade === 'websocket' ? 'GET' : 'POST'
    const all = { connection: 'Upgrade', ...socket, ...headers }
    const answered = await ask(`/api/v1/namespaces/default/pods/site/${what}`, { method, headers: all })
    expect([answered.status, answered.headers[name]]).toEqual([101, protocol])
  })

  it.each<[string, Record<string, string>, number]>([
    ['in a protocol that nobody speaks', { upgrade: 'websocket', 'sec-websocket-protocol': 'foo' }, 403],
    ['in a protocol of SPDY that nobody speaks', { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'foo' }, 403],
    ['without asking for another', {}, 400],
  ])('nobody runs anything %s', async (_, headers, status) => {
    const socket = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' }
    const all = 'upgrade' in headers ? { connection: 'Upgrade', ...socket, ...headers } : {}
    const method = headers['upgrade'] === 'websocket' ? 'GET' : 'POST'
    const path = '/api/v1/namespaces/default/pods/site/exec?command=true&stdout=1'
    expect((await ask(path, { method, headers: all })).status).toBe(status)
  })

  it.each([
    ['healthz', 500, { message: 'invalid upgrade response: status code 200', code: 500 }],
    ['nosuch', 404, '404 page not found\n'],
  ])(
    'who is behind a proxy and stays with HTTP is not listened to, unless it refuses: %s',
    async (path, status, body) => {
      const headers = { connection: 'Upgrade', upgrade: 'websocket' }
      const answered = await ask(`/api/v1/nodes/node-1/proxy/${path}`, { headers })
      expect(answered.status).toBe(status)
      if (typeof body === 'string') expect(answered.body).toBe(body)
      else expect(answered.body).toMatchObject(body)
    },
  )

  it('a watch by WebSocket brings one event in each message', async () => {
    const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster
    const { user } = config.users.find((one: any) => one.name === 'kubernetes-admin')
    const shown = { cert: decode(user['client-certificate-data'])!, key: decode(user['client-key-data'])! }
    const url = `${server.replace('https', 'wss')}/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3Ddefault`
    const socket = new WebSocket(url, [], { ca: decode(authority)!, ...shown })
    const first = await new Promise<string>((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve(data.toString()))
      socket.on('error', reject)
    })
    socket.close()
    expect(JSON.parse(first)).toMatchObject({ type: 'ADDED', object: { kind: 'Namespace', metadata: { name: 'default' } } }) // prettier-ignore
  })
})

describe('the kubeconfig', () => {
  it('is for its owner alone', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('never takes the place of somebody else’s', async () => {
    const theirs = join(folder, 'theirs')
    writeFileSync(theirs, 'apiVersion: v1\n')
    await expect(bringUp({ ...OPTIONS, kubeconfig: theirs })).rejects.toThrow('--kubeconfig')
    expect(readFileSync(theirs, 'utf8')).toBe('apiVersion: v1\n')
  })

  it('is not written where the port is taken, and the remedy is named', async () => {
    const port = Number(new URL(config.clusters[0].cluster.server).port)
    const other = join(folder, 'other')
    await expect(bringUp({ ...OPTIONS, port, kubeconfig: other })).rejects.toThrow('--port')
    expect(() => statSync(other)).toThrow('ENOENT')
  })
})

/** `k8s\0`, then runtime.Unknown{typeMeta, raw}. */
function protobufConfigMap(name: string): Buffer {
  const { Writer } = protobuf
  const bytes = (fill: (writer: protobuf.Writer) => unknown): Uint8Array => {
    const writer = Writer.create()
    fill(writer)
    return writer.finish()
  }
  const metadata = bytes((w) => w.uint32(10).string(name).uint32(18).string('').uint32(66).bytes(new Uint8Array()))
  const pair = bytes((w) => w.uint32(10).string('k').uint32(18).string('v'))
  const raw = bytes((w) => w.uint32(10).bytes(metadata).uint32(18).bytes(pair))
  const type = bytes((w) => w.uint32(10).string('v1').uint32(18).string('ConfigMap'))
  const unknown = bytes((w) =>
    w.uint32(10).bytes(type).uint32(18).bytes(raw).uint32(26).string('').uint32(34).string(''),
  )
  return Buffer.concat([Buffer.from('k8s\0'), unknown])
}

describe('while the API server is down', () => {
  const fault = (verb: string): void => up.live.command([{ type: verb, process: 'cp-1/kube-apiserver' } as Command])
  const outcome = (): Promise<string> => ask('/version').then(({ status }) => String(status), ({ code }) => String(code)) // prettier-ignore
  const until = async (wanted: string): Promise<void> => {
    for (let i = 0; i < 250; i++) if ((await outcome()) === wanted) return
    throw new Error(`/version never came to ${wanted}`)
  }

  it('its port refuses connections; then it serves again', async () => {
    expect(await outcome()).toBe('200')
    fault('stop')
    await until('ECONNREFUSED')
    fault('start')
    await until('200')
  })
})
