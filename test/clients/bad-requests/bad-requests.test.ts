/** Every row of `rows.txt` over HTTPS: the Status that Kubernetes gives, the store untouched, the server alive. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUp, type Up } from '../../../ports/up.ts'
import { HttpsClient } from '../https-client.ts'
import { readRows } from './rows.ts'

const rows = readRows()
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const folder = mkdtempSync(join(tmpdir(), 'bad-requests-'))
let up: Up
let client: HttpsClient
let before: string
let token: string

const post = (name: string) =>
  client.ask(CONFIG_MAPS, {
    method: 'POST',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { k: 'v' } }),
  })

/** What is stored and does not change by itself. */
async function stored(): Promise<string> {
  const kinds = ['configmaps', 'namespaces', 'services', 'secrets', 'serviceaccounts', 'pods']
  const lists = await Promise.all(kinds.map((kind) => client.ask(`/api/v1/${kind}`)))
  const workloads = await Promise.all(['deployments', 'replicasets'].map((kind) => client.ask(`/apis/apps/v1/${kind}`)))
  const items = [...lists, ...workloads].map(({ text }) => JSON.parse(text).items)
  return JSON.stringify(items)
}

beforeAll(async () => {
  const kubeconfig = join(folder, 'kubeconfig')
  // Time stands still, but for what an answer takes: so nothing else changes anything.
  up = await bringUp({
    ...{ seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed: 0 },
    ...{ etcdPort: 0, port: 0, kubeconfig },
  })
  client = new HttpsClient(kubeconfig)
  for (const name of ['present', 'other-1', 'other-2']) await post(name)
  const page = await client.ask(`${CONFIG_MAPS}?limit=1`)
  token = encodeURIComponent(JSON.parse(page.text).metadata.continue)
  before = await stored()
})
afterAll(() => {
  client.close()
  up.stop()
  rmSync(folder, { recursive: true })
})

describe(`${rows.length} bad requests`, () => {
  it.each(rows.map((row) => [row.line.slice(0, 200), row] as const))('%s', async (_, row) => {
    const { method, as, headers, body, code, reason, message } = row
    const path = row.path.replace('CONTINUE', token)
    const shown: Record<string, string> = row.token === undefined ? {} : { authorization: `Bearer ${row.token}` }
    const answered = await client.ask(path, { method, as, headers: { ...headers, ...shown }, body })
    if (reason === undefined) return void expect(answered.status).toBe(code)
    const status = JSON.parse(answered.text)
    expect([answered.status, status.kind, status.status, status.code, status.reason]).toEqual([
      ...[code, 'Status', 'Failure', code, reason],
    ])
    expect(status.message).toContain(message)
  })

  it('left the store as it was, and the server alive', async () => {
    expect(rows.length).toBeGreaterThanOrEqual(300)
    const after = await stored()
    expect(after.length).toBe(before.length)
    expect(after === before).toBe(true)
    expect((await client.ask('/readyz')).text).toContain('ok')
    expect((await post('after-all')).status).toBe(201)
  })
})
