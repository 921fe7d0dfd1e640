/** The two that are compared: a real etcd in a folder of its own, and the simulated one behind its port. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** `ETCD` in the environment names the program (`npm test` sets it); else the one in PATH. */
export async function startRealEtcd(): Promise<EtcdServer> {
  const program = process.env['ETCD'] ?? 'etcd'
  const folder = mkdtempSync(join(tmpdir(), 'real-etcd-'))
  const [client, peer] = [await freePort(), await freePort()]
  const urls = (flags: readonly string[], port: number): string[] =>
    flags.flatMap((flag) => [flag, `http://127.0.0.1:${port}`])
  const started = spawn(
    program,
    [
      ...['--data-dir', folder, '--unsafe-no-fsync', '--log-level', 'error'],
      ...['--initial-cluster', `default=http://127.0.0.1:${peer}`],
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
    rmSync(folder, { recursive: true, force: true })
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

export async function startSimulatedEtcd(seed = 1): Promise<EtcdServer> {
  const { live, member } = bootEtcdAlone({ seed })
  const served = await serveEtcd(live, member, 0)
  return {
    address: `127.0.0.1:${served.port}`,
    async stop() {
      served.close()
      live.stop()
    },
  }
}
