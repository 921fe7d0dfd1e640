/**
 * Command lines of an unmodified kubectl against a simulated cluster, and what a genuine one answered to the same: run, masked, compared.
 *
 * `recorded-1.20.txt` is the transcript of a genuine Kubernetes 1.20: `$ command`, what it printed, `[rc=… …ms]`.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { LiveWorld } from '../../../ports/live-world.ts'
import { bringUp } from '../../../ports/up.ts'

export interface Spoken {
  readonly command: string
  readonly output: string
  readonly code: number
}

const COMMAND_MS_MAX = 20_000
/** Ours need not be waited for as long. */
const SHORTER: readonly (readonly [RegExp, string])[] = [
  [/\bnode1\b/g, 'node-1'],
  [/\btimeout [34]\b/g, 'timeout 2'],
  [/\bsleep 1\.5\b/g, 'sleep 1'],
  [/\bsleep 2\b/g, 'sleep 0.5'],
  [/--timeout=(?:20|12)s/g, '--timeout=3s'],
]

/** A command of the recording, for the names and the speed of our cluster. */
export const ours = (command: string): string => SHORTER.reduce((so, [from, to]) => so.replace(from, to), command)

/** The genuine cluster's answers, in order. */
export function recorded(): readonly Spoken[] {
  const text = readFileSync(join(import.meta.dirname, 'recorded-1.20.txt'), 'utf8')
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = '', output = '', code = ''] = /^(.*)\n([\s\S]*)\[rc=(\d+) \d+ms\]\n/.exec(part) ?? []
      return { command, output, code: Number(code) }
    })
}

/** The recording's CronJob comes every so often. */
const EVERY_FIVE_MINUTES = '*/5 * * * *'
const FIVE_MINUTES_MICROS = 300_000_000

/** To just after the CronJob's minute: the next one is then further away than all that follows, and no Pod of it comes in between. */
function passTheMinute(live: LiveWorld): void {
  const { world, speed } = live
  const sinceMicros = (world.options.epochMicros + world.now) % FIVE_MINUTES_MICROS
  world.run({ untilMicros: world.now + FIVE_MINUTES_MICROS - sinceMicros })
  // Its clock begins anew from there.
  live.speed = speed
}

/** A person at a terminal: a folder with files, a home, an editor, and a program named kubectl. */
export async function speak(
  program: string,
  commands: readonly string[],
  { speed = 1 }: { speed?: number } = {},
): Promise<readonly Spoken[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-'))
  const kubeconfig = join(folder, 'kubeconfig')
  cpSync(join(import.meta.dirname, 'files'), folder, { recursive: true })
  mkdirSync(join(folder, 'bin'))
  symlinkSync(program, join(folder, 'bin/kubectl'))
  writeFileSync(join(folder, 'bin/editor'), '#!/bin/sh\nsed -i s/editme-before/editme-after/ "$1"\n', { mode: 0o755 })
  const up = await bringUp({
    ...{ seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed },
    ...{ etcdPort: 0, port: 0, kubeconfig },
  })
  const env = {
    ...process.env,
    ...{ KUBECONFIG: kubeconfig, HOME: folder, KUBE_EDITOR: join(folder, 'bin/editor') },
    PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`,
  }
  const spoken: Spoken[] = []
  try {
    for (const command of commands) {
      if (command.includes(EVERY_FIVE_MINUTES)) passTheMinute(up.live)
      const ended = await new Promise<Omit<Spoken, 'command'>>((resolve) => {
        // Both streams in one, in order, as one sees them.
        const line = `exec 2>&1\n${ours(command)}`
        execFile('bash', ['--norc', '-c', line], { cwd: folder, env, timeout: COMMAND_MS_MAX }, (error, stdout) =>
          resolve({ output: stdout, code: error ? Number(error.code ?? 124) : 0 }),
        )
      })
      spoken.push({ command, ...ended })
    }
  } finally {
    up.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return spoken
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  // Colours, whatever a terminal makes of them.
  // oxlint-disable-next-line no-control-regex
  [/\u001b\[[\d;]*m/g, ''],
  [/\r/g, ''],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\bnode-1\b|\bhollow1\b/g, 'node1'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>'],
  [/\b[0-9a-f]{8,10}\b(?:-[a-z0-9]{5}\b)?/g, '<hash>'],
  [/\b(?:\d+[dhms])+\b/g, '<age>'],
  [/\btick \d+/g, 'tick <n>'],
  [/\bdebugger-[a-z0-9]{5}\b/g, 'debugger-<hash>'],
  [/[ \t]+/g, ' '],
  [/ $/gm, ''],
  // How often something ticks while one listens.
  [/^(.+)(?:\n\1)+$/gm, '$1'],
]

/** Without what is different each time: names, times, addresses; and columns are as wide as they are. */
export const masked = (text: string): string => MASKS.reduce((so, [from, to]) => so.replace(from, to), text).trim()
