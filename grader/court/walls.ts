/**
 * What stands around a worker process, and what does not: its command line, from what this machine has.
 *
 * Always: Node's permission model (reads only what grading needs; writes nothing; no child processes, threads, add-ons, WASI,
 * inspector), an empty environment, a limit on its heap, a session of its own, and `disarm.ts`. On Linux, where the tools are
 * there and allowed: namespaces of its own for network, processes and IPC (`unshare`), limits on data, file size and open
 * files (`prlimit`), death with its parent (`setpriv`), and a watch on its resident memory. `report` says what is missing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { meteredEnginePath } from '../sandbox/build-engine.ts'

export interface Walls {
  /** Program and arguments, to which nothing is added. */
  readonly line: readonly string[]
  /** What keeps the worker in, as people read it. */
  readonly present: readonly string[]
  /** What this machine cannot do, and what that leaves open. */
  readonly missing: readonly string[]
}

export interface WallOptions {
  /** The exercise's folder. Of it and its neighbours the worker may read everything but solutions. */
  readonly folder: string
  readonly memoryMiB: number
}

const HEAP_SHARE = 0.5
/** What Node maps for itself before it does anything counts as data. */
const NODE_DATA_MIB = 1024
/** Node 20 opens all modules of a program at once. */
const OPEN_FILES_MAX = 512

export function wallsFor(options: WallOptions): Walls {
  const tools = toolsHere()
  const permission = permissionFlags(options.folder)
  const heap = Math.floor(options.memoryMiB * HEAP_SHARE)
  const node = [
    process.execPath,
    ...permission,
    ...[`--max-old-space-size=${heap}`, '--no-warnings', '--disable-sigusr1'].filter(isAllowedFlag),
    fileURLToPath(new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url)),
  ]
  const data = (options.memoryMiB + NODE_DATA_MIB) * 1024 * 1024
  const limits = tools.prlimit
    ? ['prlimit', `--data=${data}`, '--fsize=0', '--core=0', `--nofile=${OPEN_FILES_MAX}`]
    : []
  const line = [
    ...(tools.setpriv && tools.unshare ? ['setpriv', '--pdeathsig', 'KILL'] : []),
    ...(tools.unshare ?? []),
    ...limits,
    ...node,
  ]
  return { line, ...told(tools, permission.length > 0, options) }
}

function told(tools: Tools, hasPermission: boolean, { memoryMiB }: WallOptions): Pick<Walls, 'present' | 'missing'> {
  const present: string[] = ['an empty environment', `a heap of ${Math.floor(memoryMiB * HEAP_SHARE)} MiB`]
  const missing: string[] = []
  const say = (is: boolean, there: string, otherwise: string): void =>
    void (is ? present.push(there) : missing.push(otherwise))
  say(
    hasPermission,
    'Node’s permission model: few files to read, none to write, no child processes, threads or add-ons',
    'Node’s permission model (this Node has none): a worker that is broken out of can read, write and start what you can',
  )
  say(
    tools.unshare !== undefined,
    'namespaces of its own: no network, no other processes',
    'namespaces (unshare is missing or not allowed): network calls are only refused inside the process itself, and other processes of yours can be signalled',
  )
  say(
    tools.prlimit,
    'limits of the system: data, file size 0, open files',
    'limits of the system (prlimit is missing): memory outside the heap is not capped, and an empty file can be made',
  )
  say(process.platform === 'linux', `a watch on its memory (${memoryMiB} MiB)`, 'a watch on its memory (only on Linux)')
  return { present, missing }
}

// ── what this machine has ───────────────────────────────────────────────────────────────────────────────────────────

interface Tools {
  readonly prlimit: boolean
  readonly setpriv: boolean
  /** How `unshare` is called, where it works. */
  readonly unshare: readonly string[] | undefined
}

const works = ([program, ...args]: readonly string[]): boolean =>
  spawnSync(program!, args, { stdio: 'ignore', timeout: 10_000 }).status === 0

const NAMESPACES = ['--net', '--ipc', '--pid', '--fork', '--kill-child']

let tools: Tools | undefined

function toolsHere(): Tools {
  if (tools) return tools
  const isLinux = process.platform === 'linux'
  const ways = [
    ['unshare', ...NAMESPACES],
    ['unshare', '--user', '--map-current-user', ...NAMESPACES],
  ]
  tools = {
    prlimit: isLinux && works(['prlimit', '--fsize=0', '--core=0', 'true']),
    setpriv: isLinux && works(['setpriv', '--pdeathsig', 'KILL', 'true']),
    unshare: isLinux ? ways.find((way) => works([...way, 'true'])) : undefined,
  }
  return tools
}

const isAllowedFlag = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag.split('=')[0]!)

function permissionFlags(folder: string): string[] {
  const flag = ['--permission', '--experimental-permission'].find(isAllowedFlag)
  return flag === undefined ? [] : [flag, ...readable(folder).map((path) => `--allow-fs-read=${path}`)]
}

// ── what it may read ────────────────────────────────────────────────────────────────────────────────────────────────

const root = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGES = [
  'typescript',
  'ts-blank-space',
  'quickjs-emscripten-core',
  '@jitl/quickjs-wasmfile-release-sync',
  'yaml',
]
const KEPT_BACK = new Set(['solution.ts', 'solution.js', 'wrong', 'accepted'])

/** Paths as the permission model takes them: a file by its name, a folder by `/*`. */
function readable(folder: string): string[] {
  const ours = ['grader', 'cluster'].map((name) => `${join(root, name)}/*`)
  const manifests = [root, ...above(folder)].map((path) => join(path, 'package.json'))
  return [...new Set([...ours, ...manifests, meteredEnginePath, ...packages(), ...ofExercise(folder)])]
}

/** The exercise, its neighbours, for checks may build on those of the one before, and what lies beside them. */
function ofExercise(folder: string): string[] {
  const section = dirname(folder)
  const neighbours = readdirSync(section)
    .map((name) => join(section, name))
    .filter((path) => path !== folder && existsSync(join(path, 'task.mdx')))
  return [folder, ...neighbours].flatMap(withoutAnswers).concat(besides(section))
}

/** A worker could be made to show what it reads: so it does not read the answer. */
const withoutAnswers = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !KEPT_BACK.has(name))
    .map((entry) => (entry.isDirectory() ? `${join(folder, entry.name)}/*` : join(folder, entry.name)))

/** What the exercises of a course share lies beside them, in folders that are no exercises. */
function besides(section: string): string[] {
  return [section, dirname(section)].flatMap((path) =>
    readdirSync(path, { withFileTypes: true })
      .map((entry) => ({ entry, at: join(path, entry.name) }))
      .filter(({ entry, at }) => (entry.isDirectory() ? !holdsExercises(at) : entry.name.endsWith('.ts')))
      .map(({ entry, at }) => (entry.isDirectory() ? `${at}/*` : at)),
  )
}

const holdsExercises = (path: string): boolean =>
  existsSync(join(path, 'task.mdx')) || readdirSync(path).some((name) => existsSync(join(path, name, 'task.mdx')))

function above(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...above(parent)]
}

/** Their folders: found from ours, wherever a package manager has put them. */
function packages(): string[] {
  const require = createRequire(import.meta.url)
  return PACKAGES.flatMap((name) => {
    const found = (require.resolve.paths(name) ?? []).map((path) => join(path, name)).find((path) => existsSync(path))
    return found === undefined ? [] : [...new Set([found, realpathSync(found)])].map((path) => `${path}/*`)
  })
}
