/**
 * The same commands of an unmodified etcdctl 3.4 to the real etcd and to ours: what they print, and how they end, is equal but
 * for what names the server, its ids, its sizes and the time.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EtcdServer, startRealEtcd, startSimulatedEtcd } from './servers.ts'

const servers: EtcdServer[] = []
beforeAll(async () => {
  servers.push(await startRealEtcd(), await startSimulatedEtcd())
})
afterAll(async () => {
  for (const server of servers) await server.stop()
})

const COMMAND_MS_MAX = 15_000

interface Ended {
  readonly output: string
  readonly code: number
}

/** `$E` in a command is etcdctl, told where to go. */
function run(command: string, { address }: EtcdServer): Promise<Ended> {
  const program = process.env['ETCDCTL'] ?? 'etcdctl'
  const env = { ...process.env, ETCDCTL_API: '3', E: `${program} --endpoints ${address}` }
  return new Promise((resolve) => {
    // Started by a program over a socket, bash takes that for a remote login, and reads the user's own .bashrc each time.
    execFile('bash', ['--norc', '-c', command], { env, timeout: COMMAND_MS_MAX }, (error, stdout, stderr) =>
      resolve({ output: mask(stdout + refusals(stderr), address), code: error ? Number(error.code ?? 1) : 0 }),
    )
  })
}

/** etcdctl logs each retry, with the time; what it says in the end is its last line. */
const refusals = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .join('\n')

/** Equal ids stay equal: the first is `<id 1>`. */
function mask(output: string, address: string): string {
  return (
    output
      .replaceAll(`http://${address}`, '<endpoint>')
      .replaceAll(address, '<endpoint>')
      .replace(
        /"(cluster_id|member_id|ID|MemberID|ClusterID|leader|raft_term|RaftTerm|raftTerm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse|hash|lease)"( ?):( ?)\d+/g,
        '"$1"$2:$3<n>',
      )
      .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{12,16}\b/g, '<id>')
      // Ids below 2^60 are padded.
      .replace(/ {2,}<id>/g, ' <id>')
      .replace(/remaining\(\d+s\)/g, 'remaining(<s>)')
      .replace(/took = [\d.]+[mµ]?s/g, 'took = <time>')
      .replace(/, \d+$/gm, ', <n>')
  )
}

const commands = readFileSync(join(import.meta.dirname, 'commands.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('etcdctl is told the same by the real etcd and by ours', () => {
  it.each(commands)('%s', async (command) => {
    const [real, ours] = await Promise.all(servers.map((server) => run(command, server)))
    // 127: there is no etcdctl, and two shells that say so are equal.
    expect(real!.code).not.toBe(127)
    expect(ours).toEqual(real)
  })
})
