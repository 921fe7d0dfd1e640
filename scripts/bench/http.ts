/**
 * The API server's port: writes and reads by HTTPS through the whole chain, beside the real etcd's put rate, and a list of ten
 * thousand Pods, whose bytes are made once, beside making them again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bringUp } from '../../ports/up.ts'
import { EtcdClient } from '../../test/clients/etcd/client.ts'
import { startRealEtcd } from '../../test/clients/etcd/servers.ts'
import { HttpsClient } from '../../test/clients/https-client.ts'
import type { Benchmark, Row } from '../bench.ts'

const IN_FLIGHT = 4
const REQUESTS = 2_000
const WARM_UP = 300
const PODS = 10_000
const LISTS = 5
const DATA = 'v'.repeat(256)

/** @returns how many per second, so many at a time */
async function rate(count: number, one: (n: number) => Promise<unknown>): Promise<number> {
  const began = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  return count / ((performance.now() - began) / 1_000)
}

async function realPuts(): Promise<number> {
  const server = await startRealEtcd({ fsync: true })
  const client = new EtcdClient(server.address)
  const put = (n: number) => client.call('KV.Put', { key: Buffer.from(`/k/${n % 1_000}`), value: Buffer.from(DATA) })
  try {
    await rate(WARM_UP, put)
    return await rate(REQUESTS, put)
  } finally {
    client.close()
    server.stop()
  }
}

const configMap = (n: number): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${n}` }, data: { k: DATA } })

/** Nobody schedules it. */
const pod = (n: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p-${n}`, labels: { app: 'web' } },
    spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'nginx' }] },
  })

/** The middle of several lists, in milliseconds. */
async function listMs(client: HttpsClient, accept: string): Promise<{ ms: number; first: number; text: string }> {
  const all: number[] = []
  let text = ''
  for (let i = 0; i < LISTS; i++) {
    const began = performance.now()
    const answered = await client.ask('/api/v1/namespaces/default/pods?resourceVersion=0', { headers: { accept } })
    all.push(performance.now() - began)
    text = answered.text
  }
  const [first = 0, ...rest] = all
  return { ms: rest.sort((a, b) => a - b)[Math.floor(rest.length / 2)]!, first, text }
}

async function measure(client: HttpsClient, report: (row: Row) => void): Promise<void> {
  const etcd = await realPuts()
  const against = { what: 'the real etcd’s puts, with fsync', value: etcd }
  const create = (path: string, body: string) => client.ask(path, { method: 'POST', body })
  const maps = '/api/v1/namespaces/default/configmaps'
  await rate(WARM_UP, (n) => create(maps, configMap(n)))
  const writes = await rate(REQUESTS, (n) => create(maps, configMap(WARM_UP + n)))
  report({ what: 'writes over HTTPS, the whole chain', value: writes, unit: 'writes/s', against })
  const reads = await rate(REQUESTS, (n) => client.ask(`${maps}/c-${n}`))
  report({ what: 'reads over HTTPS', value: reads, unit: 'reads/s', against })
  await rate(PODS, (n) => create('/api/v1/namespaces/default/pods', pod(n)))
  const json = await listMs(client, 'application/json')
  const parsed: unknown = JSON.parse(json.text)
  const began = performance.now()
  JSON.stringify(parsed)
  const again = { what: 'writing it as JSON', value: performance.now() - began }
  report({ what: 'list of 10,000 Pods over HTTPS, the first', value: json.first, unit: 'ms', against: again })
  report({ what: 'the same again', value: json.ms, unit: 'ms', against: again, note: 'from bytes made once' })
  const protobuf = await listMs(client, 'application/vnd.kubernetes.protobuf')
  report({ what: 'in protobuf, again', value: protobuf.ms, unit: 'ms', against: again })
}

export default {
  name: 'http',
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-http-'))
    const kubeconfig = join(folder, 'kubeconfig')
    const cluster = { seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed: 1 } as const
    const up = await bringUp({ ...cluster, etcdPort: 0, port: 0, kubeconfig })
    const client = new HttpsClient(kubeconfig)
    try {
      await measure(client, report)
    } finally {
      client.close()
      up.stop()
      rmSync(folder, { recursive: true })
    }
  },
} satisfies Benchmark
