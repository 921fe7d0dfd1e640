/**
 * The same command lines by the kubectl of the simulation, in a world of its own: those that it has, and that need no shell but
 * `| head` and `| tail`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtInSchemas } from '../../../cluster/api/schema/built-in.ts'
import { readSchemas } from '../../../cluster/api/schema/schema.ts'
import { bootCluster, KUBECTL } from '../../../cluster/cluster.ts'
import { kubeApiserverWith } from '../../../cluster/kube-apiserver/kube-apiserver.ts'
import { kubectlFlags, type KubectlState, type TranscriptEntry } from '../../../cluster/kubectl/kubectl.ts'
import type { World } from '../../../cluster/kernel/world.ts'
import { descriptions } from '../../../ports/kube-apiserver/descriptions.ts'
import { ours, type Spoken } from './transcript.ts'

const COME_UP_MICROS = 30_000_000
const STEP_MICROS = 100_000
const WAIT_MICROS = 60_000_000
/** Between two lines, as people type. */
const PAUSE_MICROS = 500_000

/** What the real one has in its environment. */
const EDITOR = "KUBE_EDITOR='sed -i s/editme-before/editme-after/'"

const LINE = /^(timeout (\d+) )?(kubectl (\S+)[^|;&<>]*?)(?: 2>&1)?(?: \| (head|tail) -(\d+))?$/

/** Undefined for a line that is not for us. */
export function ownLine(command: string): RegExpExecArray | undefined {
  const match = LINE.exec(ours(command)) ?? undefined
  return match && Object.hasOwn(kubectlFlags, match[4]!) ? match : undefined
}

export function speakOwn(commands: readonly string[]): readonly (Spoken | undefined)[] {
  const components = { 'kube-apiserver': kubeApiserverWith(readSchemas(builtInSchemas.data, descriptions())) }
  const world = bootCluster({ seed: 1, nodes: 1, chain: 'full', metrics: true, components })
  world.run({ untilMicros: COME_UP_MICROS })
  const folder = join(import.meta.dirname, 'files')
  const files = Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
  return commands.map((command, i) => {
    const match = ownLine(command)
    if (!match) return undefined
    const [, timeout, seconds, typed = '', name, end, count] = match
    const line = name === 'edit' ? `${EDITOR} ${typed}` : typed
    const limit = timeout ? Number(seconds) * 1_000_000 : WAIT_MICROS
    const { output, errors, exitCode } = type(world, i + 1, line, files, limit)
    // Warnings, and what one is attached to, are said before anything is done.
    const said = /^(?:Warning|Flag|Defaulted|All commands)/.test(errors) ? `${errors}${output}` : `${output}${errors}`
    const lines = said.split('\n')
    const part =
      end === 'head' ? lines.slice(0, Number(count)) : end === 'tail' ? lines.slice(-Number(count) - 1) : lines
    return { command, output: part.join('\n'), code: end ? 0 : (exitCode ?? 124) }
  })
}

function type(
  world: World,
  id: number,
  line: string,
  files: Readonly<Record<string, string>>,
  limit: number,
): TranscriptEntry {
  const body = { type: 'kubectl', id, line, files }
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
  const end = world.now + limit
  const entry = () => world.stateOf<KubectlState>(KUBECTL).transcript.get(id)
  do world.run({ untilMicros: world.now + STEP_MICROS })
  while (entry()?.exitCode === undefined && world.now < end)
  const found = entry()!
  if (found.exitCode === undefined)
    world.command(world.now, { type: 'tell', process: KUBECTL, body: { type: 'interrupt' } })
  world.run({ untilMicros: world.now + PAUSE_MICROS })
  return found
}
