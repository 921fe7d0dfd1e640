/** A cluster in which somebody else's kube-scheduler and kube-controller-manager are to work: what it leaves to them, and what it gives them. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { processesOf } from './faults.ts'
import { bringUp, type UpOptions } from './up.ts'

const folder = mkdtempSync(join(tmpdir(), 'bring-your-own-'))
afterAll(() => rmSync(folder, { recursive: true }))
const kubernetesDir = join(folder, 'kubernetes')
const at = (name: string): string => join(kubernetesDir, name)
const DOORS = { speed: 0, etcdPort: 0, port: 0, kubeconfig: join(folder, 'kubeconfig'), kubernetesDir }
const OPTIONS: UpOptions = {
  ...{ seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked' },
  ...{ without: ['kube-scheduler', 'kube-controller-manager'], ...DOORS },
}

/** The status that whoever the file is for gets. */
function ask(name: string, path: string): Promise<number> {
  const { clusters, users } = parse(readFileSync(at(name), 'utf8'))
  const plain = (text: string): string => Buffer.from(text, 'base64').toString()
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user
  const credentials = { ca: plain(ca), cert: plain(cert), key: plain(key), servername: 'localhost' }
  return new Promise((resolve, reject) => {
    const asked = request(`${server}${path}`, credentials, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const SYSTEM = '/api/v1/namespaces/kube-system'
const files = ['scheduler.conf', 'controller-manager.conf', 'pki/ca.crt', 'pki/ca.key', 'pki/sa.key', 'pki/sa.pub']

it('has the place free, and gives each its credentials and the authority, as kubeadm does', async () => {
  const saved = join(folder, 'saved.world')
  const up = await bringUp({ ...OPTIONS, save: saved })
  const own = (names: readonly string[]) => names.filter((name) => /scheduler|controller-manager/.test(name))
  expect(own(processesOf(up.live.world))).toEqual([])
  expect(up.greeting).toContain('There is no kube-scheduler and no kube-controller-manager: start your own')
  expect(files.map((name) => statSync(at(name)).mode & 0o777)).toEqual(files.map(() => 0o600))
  const authority = new X509Certificate(readFileSync(at('pki/ca.crt')))
  expect(authority.checkPrivateKey(createPrivateKey(readFileSync(at('pki/ca.key'))))).toBe(true)

  const reader = `${SYSTEM}/configmaps?fieldSelector=metadata.name%3Dextension-apiserver-authentication`
  for (const name of ['scheduler.conf', 'controller-manager.conf']) {
    expect(await ask(name, reader)).toBe(200)
    expect(await ask(name, '/api/v1/nodes')).toBe(200)
    // Nobody holds it: theirs to take.
    expect(await ask(name, `/apis/coordination.k8s.io/v1${SYSTEM.slice(7)}/leases/kube-${name.slice(0, -5)}`)).toBe(404)
  }
  expect(await ask('scheduler.conf', `${SYSTEM}/secrets`)).toBe(403)
  up.stop()
  expect(files.filter((name) => existsSync(at(name)))).toEqual([])

  const again = await bringUp({ ...DOORS, load: saved })
  expect(own(processesOf(again.live.world))).toEqual([])
  expect(await ask('scheduler.conf', '/api/v1/nodes')).toBe(200)
  again.stop()
}, 60_000)

it('leaves what somebody else has written there, and does not begin', async () => {
  writeFileSync(at('pki/ca.key'), 'mine\n')
  await expect(bringUp(OPTIONS)).rejects.toThrow('Name another folder with --kubernetes-dir')
  expect(readFileSync(at('pki/ca.key'), 'utf8')).toBe('mine\n')
})

it('warns of a clock that runs away from one’s own', async () => {
  const up = await bringUp({ ...OPTIONS, speed: 20, without: ['kube-controller-manager'], kubernetesDir: undefined })
  up.stop()
  expect(up.greeting).toContain('Warning: a kube-controller-manager of your own goes by your clock')
})
