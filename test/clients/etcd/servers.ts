/** The two that are compared: a real etcd in a folder of its own, and the simulated one behind its port. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bootEtcdAlone } from '../../../ports/etcd/alone.ts'
import { serveEtcd } from '../../../ports/etcd/serve.ts'
import { EtcdClient } from './client.ts'

export interface EtcdServer {
  /** Without a scheme. */
  readonly address: string
  stop(): Promise<void>
}

const UP_WITHIN_MS = 20_000

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export interface RealOptions {
  /** A file that `etcdctl snapshot save` has written: it begins with what is in there. */
  readonly snapshot?: string
  /** Whether it waits for the disk, as one does that is not under test. */
  readonly fsync?: boolean
}

/** `ETCD` in the environment names the program (`npm test` sets it); else the one in PATH. */
export async function startRealEtcd({ snapshot, fsync = false }: RealOptions = {}): Promise<EtcdServer> {
  const program = process.env['ETCD'] ?? 'etcd'
  const parent = mkdtempSync(join(tmpdir(), 'real-etcd-'))
  const folder = join(parent, 'data')
  const [client, peer] = [await freePort(), await freePort()]
  const urls = (flags: readonly string[], port: number): string[] =>
    flags.flatMap((flag) => [flag, `http://127.0.0.1:${port}`])
  const cluster = ['--data-dir', folder, '--initial-cluster', `default=http://127.0.0.1:${peer}`]
  if (snapshot !== undefined) {
    await etcdctl(['snapshot', 'restore', snapshot, ...cluster, ...urls(['--initial-advertise-peer-urls'], peer)])
  }
  const started = spawn(
    program,
    [
      ...cluster,
      ...['--log-level', 'error', ...(fsync ? [] : ['--unsafe-no-fsync'])],
      ...urls(['--listen-client-urls', '--advertise-client-urls'], client),
      ...urls(['--listen-peer-urls', '--initial-advertise-peer-urls'], peer),
    ],
    { stdio: 'ignore' },
  )
  let problem: string | undefined
  started.on('error', (error) => (problem = error.message))
  started.on('exit', (code) => (problem ??= `it ended (${code})`))
  const stop = async (): Promise<void> => {
    if (started.exitCode === null && started.pid !== undefined) {
      const ended = new Promise((resolve) => started.once('exit', resolve))
      started.kill('SIGKILL')
      await ended
    }
    rmSync(parent, { recursive: true, force: true })
  }
  const address = `127.0.0.1:${client}`
  const asked = new EtcdClient(address)
  const deadline = Date.now() + UP_WITHIN_MS
  for (;;) {
    const answer = await asked.call('KV.Range', { key: Buffer.from('up') })
    if (!('code' in answer)) break
    if (problem !== undefined || Date.now() > deadline) {
      asked.close()
      await stop()
      const remedy = 'Install etcd (on Debian: sudo apt-get install etcd-server), or set ETCD to the path of one.'
      throw new Error(`A real etcd is needed, and "${program}" does not come up: ${problem ?? 'no answer'}. ${remedy}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  asked.close()
  return { address, stop }
}

/** `ETCDCTL` in the environment names the program, else it is the one in PATH. @returns what it printed */
export async function etcdctl(args: readonly string[]): Promise<string> {
  const program = process.env['ETCDCTL'] ?? 'etcdctl'
  const env = { ...process.env, ETCDCTL_API: '3' }
  return (await promisify(execFile)(program, args, { env, timeout: UP_WITHIN_MS })).stdout
}

/** `address` is the first member's; `size` members have as many. */
export async function startSimulatedEtcd(seed = 1, size = 1): Promise<EtcdServer & { addresses: readonly string[] }> {
  const { live, members } = bootEtcdAlone({ seed, size })
  const served = await serveEtcd(live, members, 0)
  return {
    address: served.endpoints[0]!,
    addresses: served.endpoints,
    async stop() {
      served.close()
      live.stop()
    },
  }
}
