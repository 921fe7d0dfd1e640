/**
 * A whole world as a file: what it began with, and its journal. Loading it is living through it again, as fast as that goes; the
 * digest over its events says whether it came out the same.
 *
 * The first line is a JSON object, each further one a command. Tokens, the key of tokens and the authority's are in it, so it is for its owner's eyes.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { UserInfo } from '#cluster/api/http.ts'
import type { Replaceable } from '#cluster/cluster-options.ts'
import type { World } from '#cluster/kernel/world.ts'
import { type Entry, entryFrom, linesOf } from './journal.ts'
import type { Certificate } from './kube-apiserver/certificates.ts'

/** Counted up when what a world begins with is told otherwise. */
const FORMAT = 'clusterwright world 2'

/** All that decides what a world does, but for what comes in. */
export interface Genesis {
  readonly seed: number
  /** Undefined: etcd alone. */
  readonly nodes?: number | undefined
  readonly controlPlanes: number
  readonly etcd: 'stacked' | 'external'
  /** What somebody else's programs do, from outside. */
  readonly without?: readonly Replaceable[] | undefined
  readonly epochMicros: number
  /** Whether metrics-server runs; worlds from before it did have none. */
  readonly metrics?: boolean | undefined
  readonly tokens: Readonly<Record<string, UserInfo>>
  /** What tokens of service accounts are signed with, as PEM. */
  readonly serviceAccountSigner: string
  /** The cluster's own authority; worlds from before it was kept have none, and nobody signs in them. */
  readonly authority?: Certificate | undefined
}

interface Head {
  readonly format: typeof FORMAT
  readonly genesis: Genesis
  readonly untilMicros: number
  readonly tick: number
  readonly hash: string
  readonly commands: number
}

export interface SavedWorld {
  readonly genesis: Genesis
  readonly untilMicros: number
  readonly entries: readonly Entry[]
  /** @throws Error where the world is not the one that was saved */
  verify(world: World): void
}

/** @param journal until when everything in it has happened in the world, too */
export function worldText(
  genesis: Genesis,
  world: World,
  { entries, until }: { readonly entries: readonly Entry[]; readonly until: number },
): string {
  const { tick } = world
  const head: Head = {
    format: FORMAT,
    genesis,
    untilMicros: until,
    tick,
    hash: world.hash(),
    commands: entries.length,
  }
  return `${JSON.stringify(head)}\n${linesOf(entries)}`
}

/** Whole or not at all: a file that is there already is replaced in one step. */
export function writeWorld(path: string, text: string): void {
  const half = `${path}.${process.pid}.part`
  writeFileSync(half, text, { mode: 0o600 })
  renameSync(half, path)
}

/** @throws Error that names the file, and the remedy */
export function readWorld(path: string): SavedWorld {
  const [first = '', ...lines] = readFileSync(path, 'utf8').split('\n')
  const head = parsed(first)
  if (head?.format !== FORMAT)
    throw new Error(
      String(head?.format).startsWith('clusterwright world')
        ? `${path} was saved by another version of clusterwright. Load it with the one that saved it`
        : `${path} is no saved world: clusterwright world save writes them`,
    )
  const entries = lines.filter((line) => line !== '').map(entryFrom)
  if (entries.length !== head.commands)
    throw new Error(`${path} has ${entries.length} of ${head.commands} commands: it is not whole. Save it again`)
  return {
    ...{ genesis: head.genesis, untilMicros: head.untilMicros, entries },
    verify(world) {
      if (world.hash() === head.hash && world.tick === head.tick) return
      throw new Error(
        `${path}: its events come out otherwise (${world.tick} of them, and not ${head.tick}), so this is another version of clusterwright. Load it with the one that saved it`,
      )
    },
  }
}

function parsed(line: string): Head | undefined {
  try {
    return JSON.parse(line) as Head
  } catch {
    return undefined
  }
}
