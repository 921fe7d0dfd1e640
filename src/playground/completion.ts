/**
 * What could come next on a line: commands, flags, kinds, and names of what is in the store now.
 *
 * It looks at the store without asking the API server, so that pressing Tab changes nothing in the run.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { RESOURCES, resourceNamed, typedAmong } from '#cluster/api/resources.ts'
import type { FlagSpec } from '#cluster/kubectl/flags.ts'

export interface Completion {
  /** Where the word begins that the options take the place of. */
  readonly from: number
  readonly options: readonly string[]
}

export interface Known {
  /** kubectl's commands, and their flags. */
  readonly commands: Readonly<Record<string, FlagSpec>>
  /** Names of the files that `-f` can name. */
  readonly files: readonly string[]
  /** Kinds that definitions have brought. */
  readonly custom: readonly Resource[]
  /** Names of the objects of a kind; of one namespace, where the kind has namespaces. */
  names(resource: Resource, namespace: string): readonly string[]
}

/** What the shell of the playground knows by itself. */
export const SHELL = ['cat', 'clear', 'help', 'history', 'kubectl', 'ls'] as const

/** Commands that speak of one kind alone. */
const ABOUT: Readonly<Record<string, string>> = {
  attach: 'pods',
  cordon: 'nodes',
  debug: 'pods',
  drain: 'nodes',
  exec: 'pods',
  logs: 'pods',
  'port-forward': 'pods',
  uncordon: 'nodes',
}
/** Words that stand between a command and what it is about. */
const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  auth: ['can-i', 'whoami'],
  rollout: ['history', 'pause', 'restart', 'resume', 'status', 'undo'],
  set: ['image'],
  top: ['node', 'pod'],
}
const OUTPUTS = ['json', 'name', 'wide', 'yaml'] as const

/** @param line what stands before the cursor */
export function complete(line: string, known: Known): Completion {
  const from = line.search(/\S*$/)
  const word = line.slice(from)
  const before = line.slice(0, from).split(/\s+/).filter(Boolean)
  const options = candidates(before, word, known)
  return { from, options: [...new Set(options.filter((option) => option.startsWith(word) && option !== word))].sort() }
}

function candidates(before: readonly string[], word: string, known: Known): readonly string[] {
  const [program, ...rest] = before
  if (program === undefined) return SHELL
  if (program === 'cat') return known.files
  if (program !== 'kubectl' && program !== 'k') return []
  const { command, args, namespace, open } = read(rest, known)
  if (open !== undefined) return valuesOf(open, known)
  if (word.startsWith('-')) return flagsOf(command, word, known)
  if (command === undefined) return Object.keys(known.commands)
  const subcommands = SUBCOMMANDS[command]
  if (subcommands && args.length === 0) return subcommands
  const [type, ...names] = subcommands ? args.slice(1) : args
  const about = ABOUT[command]
  if (about !== undefined)
    return type === undefined || command === 'drain' ? known.names(resourceNamed(about), namespace) : []
  if (command === 'kustomize') return args.length === 0 ? foldersOf(known.files) : []
  if (['apply', 'create', 'diff', 'replace'].includes(command)) return []
  if (type === undefined) return kindsAnd(word, namespace, known)
  if (type.includes('/')) return kindsAnd(word, namespace, known)
  const resource = typedAmong(kindsOf(known), type)
  return resource ? known.names(resource, namespace).filter((name) => !names.includes(name)) : []
}

interface Read {
  readonly command: string | undefined
  readonly args: readonly string[]
  readonly namespace: string
  /** A flag that still wants its value. */
  readonly open: string | undefined
}

const LONG: Readonly<Record<string, string>> = {
  n: 'namespace',
  o: 'output',
  f: 'filename',
  l: 'selector',
  c: 'container',
  k: 'kustomize',
}

function read(words: readonly string[], { commands }: Known): Read {
  let command: string | undefined
  let namespace = 'default'
  let open: string | undefined
  const args: string[] = []
  for (const word of words) {
    if (open !== undefined) {
      if (open === 'namespace') namespace = word
      open = undefined
    } else if (word.startsWith('-')) {
      const [typed = '', value] = word.replace(/^-+/, '').split('=', 2)
      const name = word.startsWith('--') ? typed : (LONG[typed] ?? typed)
      const wants = name in LONG || Object.values(LONG).includes(name) || (command !== undefined && commands[command]?.values?.includes(name)) // prettier-ignore
      if (value !== undefined) namespace = name === 'namespace' ? value : namespace
      else if (wants) open = name
    } else if (command === undefined) command = word
    else args.push(word)
  }
  return { command, args, namespace, open }
}

function valuesOf(flag: string, known: Known): readonly string[] {
  if (flag === 'namespace') return known.names(resourceNamed('namespaces'), '')
  if (flag === 'output') return OUTPUTS
  if (flag === 'kustomize') return foldersOf(known.files)
  return flag === 'filename' ? known.files : []
}

const foldersOf = (files: readonly string[]): readonly string[] => [
  ...new Set(files.flatMap((name) => (name.includes('/') ? [name.slice(0, name.lastIndexOf('/'))] : []))),
]

function flagsOf(command: string | undefined, word: string, { commands }: Known): readonly string[] {
  const { values = [], switches = [] } = (command === undefined ? undefined : commands[command]) ?? {}
  const short = word.startsWith('--') ? [] : ['-n', '-o', '-f', '-l', '-A']
  return [...short, ...['namespace', ...values].map((name) => `--${name}`), ...switches.map((name) => `--${name}`)]
}

const kindsOf = ({ custom }: Known): readonly Resource[] => [...RESOURCES, ...custom]

function kindsAnd(word: string, namespace: string, known: Known): readonly string[] {
  const slash = word.indexOf('/')
  if (slash < 0) return kindsOf(known).map(({ resource }) => resource)
  const type = word.slice(0, slash)
  const resource = typedAmong(kindsOf(known), type)
  return resource ? known.names(resource, namespace).map((name) => `${type}/${name}`) : []
}
