/**
 * The commands of a small system, as one box of them: each reads its words, its input and the files, and says what it prints.
 *
 * What we leave out: most flags; directories are there because files are in them, or because a path that ends with a slash says so; permissions; everything that lists or ends processes.
 * Where to read upstream: busybox `coreutils/`, `archival/tar.c`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { packTar, unpackTar } from '#cluster/kernel/tar.ts'

export interface ShellWorld {
  readonly hostname: string
  readonly env: Readonly<Record<string, string>>
  /** The machine's wall clock. */
  readonly now: Micros
  /** Contents by absolute path. */
  readonly files: Readonly<Record<string, string>>
  readonly tty: { readonly columns: number; readonly rows: number } | undefined
}

export interface CommandWorld extends ShellWorld {
  readonly input: string
  readonly inputEnded: boolean
  /** It has waited as long as it asked for. */
  readonly slept: boolean
}

export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  /** Where it changed some. */
  readonly files?: Readonly<Record<string, string>>
  /** What it left of its input; undefined: all. */
  readonly unread?: string
  /** It is not done. */
  readonly waits?: { readonly for: 'time'; readonly micros: Micros } | { readonly for: 'input' }
  /** It ends the shell. */
  readonly exits?: boolean
  /** A web server begins on this port, with the files below a folder. */
  readonly serves?: { readonly port: number; readonly folder: string }
}

type Run = (args: readonly string[], world: CommandWorld) => CommandResult

const done = (stdout = '', more: Partial<CommandResult> = {}): CommandResult => ({
  status: 0,
  stdout,
  stderr: '',
  ...more,
})
const failed = (status: number, stderr: string): CommandResult => ({ status, stdout: '', stderr: `${stderr}\n` })

export const NOT_FOUND_STATUS = 127
const MOUNTED = ['/', '/tmp', '/etc', '/dev', '/proc', '/usr', '/var', '/home', '/root', '/bin']

export function runCommand(words: readonly string[], world: CommandWorld): CommandResult {
  const [name = ':', ...args] = words
  const run = COMMANDS[name.slice(name.lastIndexOf('/') + 1)]
  return run ? run(args, world) : failed(NOT_FOUND_STATUS, `sh: ${name}: not found`)
}

export const isCommand = (name: string): boolean => Object.hasOwn(COMMANDS, name.slice(name.lastIndexOf('/') + 1))

const pathOf = (path: string): string =>
  `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`
const isDirectory = ({ files }: ShellWorld, path: string): boolean =>
  MOUNTED.includes(path) || Object.keys(files).some((file) => file.startsWith(`${path === '/' ? '' : path}/`))
/** Those that are no folders. */
const plainFiles = (files: ShellWorld['files']): [path: string, content: string][] =>
  Object.entries(files).filter(([path]) => !path.endsWith('/'))
const flagless = (args: readonly string[]): readonly string[] => args.filter((arg) => !/^-[^-]/.test(arg))

/** All of its input, once it has ended. */
const whole = (world: CommandWorld, use: (input: string) => CommandResult): CommandResult =>
  world.inputEnded ? { ...use(world.input), unread: '' } : { ...done(), unread: world.input, waits: { for: 'input' } }

/** The files that are named, or else the input. */
const contents = (
  world: CommandWorld,
  names: readonly string[],
  use: (text: string) => CommandResult,
  name: string,
) => {
  if (names.length === 0) return whole(world, use)
  const missing = names.find((file) => !Object.hasOwn(world.files, pathOf(file)))
  if (missing !== undefined) return failed(1, `${name}: can't open '${missing}': No such file or directory`)
  return use(names.map((file) => world.files[pathOf(file)]).join(''))
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', r: '\r', e: '\u001b' }
const unescaped = (text: string): string => text.replace(/\\([nt\\re])/g, (_, char: string) => ESCAPES[char]!)

/** The kernel that every machine here runs. */
const RELEASE = '6.12.0-clusterwright'

function namesIn({ files }: ShellWorld, path: string): string[] {
  const prefix = path === '/' ? '/' : `${path}/`
  const all = [...MOUNTED.slice(1), ...Object.keys(files)].filter((file) => file.startsWith(prefix) && file !== prefix)
  return [...new Set(all.map((file) => file.slice(prefix.length).split('/')[0]!))].sort()
}

/** All folders below one, each before what is in it. */
function foldersIn(world: ShellWorld, name: string): string[] {
  const below = namesIn(world, pathOf(name)).map((inner) => `${name === '/' ? '' : name}/${inner}`)
  return below.filter((inner) => !Object.hasOwn(world.files, pathOf(inner)) && isDirectory(world, pathOf(inner))).flatMap((inner) => [inner, ...foldersIn(world, inner)]) // prettier-ignore
}

const COMMANDS: Readonly<Record<string, Run>> = {
  ':': () => done(),
  true: () => done(),
  false: () => ({ ...done(), status: 1 }),
  exit: ([code = '0']) => ({ ...done(), status: Number(code) & 255, exits: true }),
  // What the parser found wrong (see `parsed`), or a script given to another shell.
  sh: ([flag, text = '']) => (flag === '-n' ? failed(2, `sh: syntax error: ${text}`) : failed(1, 'sh: not in a shell')),
  cd: () => done(),
  export: () => done(),
  echo(args) {
    const flags = args.findIndex((arg) => !/^-[neE]+$/.test(arg))
    const [options, words] = flags < 0 ? [args, []] : [args.slice(0, flags), args.slice(flags)]
    const text = options.join('').includes('e') ? unescaped(words.join(' ')) : words.join(' ')
    return done(options.join('').includes('n') ? text : `${text}\n`)
  },
  printf([format = '', ...args]) {
    let next = 0
    return done(unescaped(format).replace(/%[sd%]/g, (spec) => (spec === '%%' ? '%' : (args[next++] ?? ''))))
  },
  sleep([time = '0'], { slept }) {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(time)
    if (!match && time !== 'infinity') return failed(1, `sleep: invalid number '${time}'`)
    const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] || 's']!
    const micros = match ? Math.round(Number(match[1]) * unit * 1_000_000) : 1e15
    return slept ? done() : { ...done(), waits: { for: 'time', micros } }
  },
  cat(args, world) {
    const names = flagless(args).filter((name) => name !== '-')
    if (names.length > 0) return contents(world, names, (text) => done(text), 'cat')
    return { ...done(world.input), unread: '', ...(!world.inputEnded && { waits: { for: 'input' } as const }) }
  },
  head: (args, world) =>
    contents(world, numbered(args)[1], (text) => done(joined(linesOf(text).slice(0, numbered(args)[0]))), 'head'),
  tail: (args, world) =>
    contents(world, numbered(args)[1], (text) => done(joined(linesOf(text).slice(-numbered(args)[0]))), 'tail'),
  wc(args, world) {
    const count = (text: string) => (args.includes('-l') ? text.split('\n').length - 1 : text.length)
    return contents(world, flagless(args), (text) => done(`${count(text)}\n`), 'wc')
  },
  grep(args, world) {
    const [pattern = '', ...names] = flagless(args)
    const keep = (line: string) => line.includes(pattern) !== args.includes('-v')
    const found = (text: string) => {
      const lines = linesOf(text).filter(keep)
      return { ...done(joined(lines)), status: lines.length > 0 ? 0 : 1 }
    }
    return contents(world, names, found, 'grep')
  },
  hostname: (_, { hostname }) => done(`${hostname}\n`),
  env: (_, { env }) =>
    done(
      Object.keys(env)
        .map((name) => `${name}=${env[name]}\n`)
        .join(''),
    ),
  printenv: ([name = ''], { env }) => (Object.hasOwn(env, name) ? done(`${env[name]}\n`) : { ...done(), status: 1 }),
  pwd: () => done('/\n'),
  id: () => done('uid=0(root) gid=0(root) groups=0(root)\n'),
  whoami: () => done('root\n'),
  date: (_, { now }) => done(`${now}\n`),
  stty: (_, { tty }) => (tty ? done(`${tty.rows} ${tty.columns}\n`) : failed(1, 'stty: standard input')),
  seq([first = '1', last]) {
    const [from, to] = last === undefined ? [1, Number(first)] : [Number(first), Number(last)]
    return done(
      joined(Array.from({ length: Math.max(0, Math.min(to - from + 1, 10_000)) }, (_, i) => String(from + i))),
    )
  },
  test: (args, world) => ({ ...done(), status: holds(args, world) ? 0 : 1 }),
  '[': (args, world) => ({ ...done(), status: holds(args.slice(0, -1), world) ? 0 : 1 }),
  ls(args, world) {
    const named = flagless(args).length > 0 ? flagless(args) : ['/']
    const isFile = (name: string) => Object.hasOwn(world.files, pathOf(name))
    const isDeep = args.some((arg) => /^-\w*R/.test(arg))
    const within = named.filter((name) => !isFile(name) && isDirectory(world, pathOf(name)))
    const folders = isDeep ? within.flatMap((name) => [name, ...foldersIn(world, name)]) : within
    const missing = named.filter((name) => !isFile(name) && !within.includes(name))
    const listed = folders.map(
      (name) => `${named.length > 1 || isDeep ? `${name}:\n` : ''}${joined(namesIn(world, pathOf(name)))}`,
    )
    const parts = [joined(named.filter(isFile)), ...listed].filter((part, index) => part !== '' || index > 0)
    const stderr = missing.map((name) => `ls: ${name}: No such file or directory\n`).join('')
    return { ...done(parts.join('\n')), stderr, status: missing.length > 0 ? 1 : 0 }
  },
  mkdir(args, world) {
    const isDeep = args.some((arg) => /^-\w*p/.test(arg))
    let { files } = world
    for (const name of flagless(args)) {
      const path = pathOf(name)
      const isThere = Object.hasOwn(files, path) || isDirectory({ ...world, files }, path)
      const parent = path.slice(0, path.lastIndexOf('/')) || '/'
      if (isThere && !(isDeep && !Object.hasOwn(files, path))) return { ...failed(1, `mkdir: can't create directory '${name}': File exists`), files } // prettier-ignore
      if (!isDeep && !isDirectory({ ...world, files }, parent)) return { ...failed(1, `mkdir: can't create directory '${name}': No such file or directory`), files } // prettier-ignore
      if (!isThere) files = { ...files, [`${path}/`]: '' }
    }
    return done('', { files })
  },
  uname(args, { hostname }) {
    const all = { s: 'Linux', n: hostname, r: RELEASE, v: '#1 SMP', m: 'x86_64', o: 'GNU/Linux' }
    const flags = args.join('').replaceAll('-', '') || 's'
    const wanted = flags.includes('a') ? Object.keys(all) : Object.keys(all).filter((flag) => flags.includes(flag))
    return done(`${wanted.map((flag) => all[flag as keyof typeof all]).join(' ')}\n`)
  },
  httpd(args) {
    const after = (flag: string, otherwise: string): string => args[args.indexOf(flag) + 1 || args.length] ?? otherwise
    return done('', { serves: { port: Number(after('-p', '80')), folder: pathOf(after('-h', '/')) } })
  },
  touch: (args, { files }) => {
    const made = flagless(args)
      .map(pathOf)
      .filter((path) => !Object.hasOwn(files, path))
    return done('', { files: { ...files, ...Object.fromEntries(made.map((path) => [path, ''])) } })
  },
  rm(args, { files }) {
    const paths = flagless(args).map(pathOf)
    const isGone = (file: string) => paths.some((path) => file === path || file.startsWith(`${path}/`))
    return done('', { files: Object.fromEntries(Object.entries(files).filter(([file]) => !isGone(file))) })
  },
  tar(args, world) {
    const [modes = '', ...rest] = args
    const at = rest.indexOf('-C')
    const folder = at < 0 ? '/' : (rest[at + 1] ?? '/')
    if (modes.includes('x')) return whole(world, (input) => extract(input, folder, world))
    const names = rest.filter((name, index) => name !== '-' && index !== at && index !== at + 1)
    const packed: [string, string][] = []
    for (const name of names) {
      // What is named from the folder is stored without it.
      const path = pathOf(name.startsWith('/') ? name : `${folder}/${name}`)
      const cut = name.startsWith('/') || folder === '/' ? 1 : pathOf(folder).length + 1
      const found = plainFiles(world.files).filter(
        ([file]) => file === path || file.startsWith(`${path === '/' ? '' : path}/`),
      )
      if (found.length === 0) return failed(1, `tar: ${name.replace(/^\//, '')}: No such file or directory`)
      for (const [file, bytes] of found) packed.push([file.slice(cut), bytes])
    }
    const seconds = Math.floor(world.now / 1_000_000)
    return done(packTar(packed, seconds))
  },
}

function extract(input: string, folder: string, { files }: CommandWorld): CommandResult {
  const unpacked = unpackTar(input)
  if (!unpacked) return failed(1, 'tar: invalid tar magic')
  const made = unpacked.map(([name, bytes]) => [pathOf(`${folder}/${name}`), bytes])
  return done('', { files: { ...files, ...Object.fromEntries(made) } })
}

/** `-n 5`, `-5`; default 10. */
function numbered(args: readonly string[]): [count: number, names: readonly string[]] {
  const at = args.indexOf('-n')
  const short = args.find((arg) => /^-\d+$/.test(arg))
  const count = at >= 0 ? Number(args[at + 1]) : short ? Number(short.slice(1)) : 10
  return [count, flagless(args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)))]
}

function holds(args: readonly string[], world: CommandWorld): boolean {
  const [a = '', b, c = ''] = args
  if (a === '!') return !holds(args.slice(1), world)
  switch (args.length === 3 ? b : a) {
    case '=':
      return a === c
    case '!=':
      return a !== c
    case '-eq':
      return Number(a) === Number(c)
    case '-ne':
      return Number(a) !== Number(c)
    case '-lt':
      return Number(a) < Number(c)
    case '-gt':
      return Number(a) > Number(c)
    case '-le':
      return Number(a) <= Number(c)
    case '-ge':
      return Number(a) >= Number(c)
    case '-d':
      return isDirectory(world, pathOf(b ?? ''))
    case '-f':
      return Object.hasOwn(world.files, pathOf(b ?? ''))
    case '-e':
      return Object.hasOwn(world.files, pathOf(b ?? '')) || isDirectory(world, pathOf(b ?? ''))
    case '-z':
      return (b ?? '') === ''
    case '-n':
      return (b ?? '') !== ''
    default:
      return a !== ''
  }
}
