/**
 * The command as an npm package: `dist-package/clusterwright-<version>.tgz`.
 *
 * The package is plain JavaScript, because Node does not erase types below node_modules, and works offline from the first
 * moment: the metered engine is in it, and so are the few packages it depends on. Its manifest is made here. Files keep
 * their places, so that what finds its neighbours by `import.meta.url` finds them there as well.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { nodeForSources } from '../set-up/node-24.mjs'
import { mustRun, root } from '../set-up/run.mjs'
import { Refusal } from '../set-up/say.mjs'
import { notices } from '../third-party-notices.mjs'

/** Where the package is laid out; git and all checks pass over it. */
const staging = join(root, '.cache/package')
const target = join(root, 'dist-package')

const ENTRIES = ['grader/cli/clusterwright.ts', 'grader/kit/kit.ts']

/** What is carried along of each package, and why. TypeScript is nine tenths of it: its compiler and the texts it reads. */
const BUNDLED = [
  { name: 'typescript', purpose: 'checks learners’ code', keep: /^lib\/(?:typescript\.js|lib\.[\w.]*d\.ts)$/ },
  { name: 'ts-blank-space', purpose: 'erases types', keep: /^out\/[\w-]+\.js$/ },
  { name: 'fflate', purpose: 'packs what is exported', keep: /^esm\/[\w.-]+$/ },
  { name: 'yaml', purpose: 'reads manifests and front matter', keep: /^dist\/.*\.js$/ },
  { name: '@grpc/grpc-js', purpose: 'serves etcd’s clients', keep: /^build\/src\/.*\.js$/ },
  { name: '@grpc/proto-loader', purpose: 'reads etcd’s API', keep: /^build\/src\/.*\.js$/ },
  {
    name: 'protobufjs',
    purpose: 'part of the above',
    keep: /^(?:index|light|minimal)\.js$|^(?:src|ext|google)\/.*\.js(?:on)?$/,
  },
  ...['aspromise', 'base64', 'codegen', 'eventemitter', 'fetch', 'float', 'path', 'pool', 'utf8'].map((part) => ({
    ...{ name: `@protobufjs/${part}`, purpose: 'part of protobufjs', keep: /^(?:index|util\/\w+)\.js$/ },
  })),
  { name: 'node-forge', purpose: 'signs the API server’s certificates', keep: /^lib\/.*\.js$/ },
  { name: 'ws', purpose: 'speaks WebSocket with kubectl', keep: /^(?:lib\/.*|index|wrapper)\.m?js$/ },
  { name: 'long', purpose: 'part of protobufjs', keep: /^(?:umd\/)?(?:index\.js|package\.json)$/ },
  { name: 'lodash.camelcase', purpose: 'part of @grpc/proto-loader', keep: /^index\.js$/ },
  { name: '@js-sdsl/ordered-map', purpose: 'part of @grpc/grpc-js', keep: /^dist\/cjs\/.*\.js$/ },
]
/** Inside the engine, and inside what is made here. */
const WITHIN = [
  ['@jitl/quickjs-wasmfile-release-sync', 'QuickJS itself, metered'],
  ['@jitl/quickjs-ffi-types', 'part of the above'],
  ['@kubernetes/client-node', 'what the fields of the API are for, as its declarations say'],
]
const LICENCE = /^(?:package\.json|licen[cs]e|thirdpartynotice|notice)/i

const manifest = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

// ── sources to JavaScript and declarations ──────────────────────────────────────────────────────────────────────────

/** `new URL('./prove-worker.ts', import.meta.url)`: how a file names another that it starts or imports by its address. */
const STARTED = /new URL\('(\.[^']*)\.ts', import\.meta\.url\)/g
/** Begun as a process, by a name that is put together. */
const STARTED_OTHERWISE = ['grader/court/worker.ts']

const startedBy = (path) =>
  [...readFileSync(path, 'utf8').matchAll(STARTED)].map(([, name]) => resolve(dirname(path), `${name}.ts`))

/** A program of the entries, and of whatever the files of it start. */
function program() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ENTRIES }, ts.sys, root)
  const emitting = {
    ...options,
    ...{ noEmit: false, declaration: true, rewriteRelativeImportExtensions: true, sourceMap: false },
    ...{ rootDir: root, outDir: staging, incremental: false, tsBuildInfoFile: undefined },
  }
  let entries = [...ENTRIES, ...STARTED_OTHERWISE].map((entry) => join(root, entry))
  for (;;) {
    const made = ts.createProgram(entries, emitting)
    const own = made.getSourceFiles().filter(({ fileName }) => isOurs(fileName))
    const started = own.flatMap(({ fileName }) => startedBy(fileName))
    const missing = started.filter((path) => !own.some(({ fileName }) => resolve(fileName) === path))
    if (missing.length === 0) return made
    entries = [...entries, ...missing]
  }
}

const isOurs = (fileName) =>
  !fileName.endsWith('.d.ts') && !relative(root, fileName).startsWith('..') && !fileName.includes('/node_modules/')

/** Types are not checked here: that is the suite `types`. */
function emitJavaScript() {
  const made = program()
  const { diagnostics } = made.emit(undefined, (path, text) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, path.endsWith('.js') ? text.replace(STARTED, "new URL('$1.js', import.meta.url)") : text)
  })
  keepDeclarations([join(staging, 'grader/kit/kit.d.ts'), join(staging, 'cluster/api/types.d.ts')], diagnostics)
}

/** Declarations are for authors' editors: those that the kit's refer to stay, all others go. */
function keepDeclarations(entries, diagnostics) {
  const kept = new Set()
  const visit = (path) => {
    if (kept.has(path)) return
    kept.add(path)
    if (!existsSync(path)) {
      const source = join(root, relative(staging, path).replace(/\.d\.ts$/, '.ts'))
      const why = diagnostics.find(({ file }) => file && resolve(file.fileName) === source)
      throw new Refusal(
        `No types were written for ${relative(root, source)}, which the kit's refer to${why ? `: ${ts.flattenDiagnosticMessageText(why.messageText, ' ')}` : ''}.`,
        'Say the type of what it exports, by names that others can import.',
      )
    }
    for (const [, from] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*['"]((?:\.|#)[^'"]*)\.ts['"]/g))
      visit(from.startsWith('#') ? join(staging, `${from.slice(1)}.d.ts`) : resolve(dirname(path), `${from}.d.ts`))
  }
  entries.forEach(visit)
  for (const path of filesBelow(staging).filter((file) => file.endsWith('.d.ts') && !kept.has(file))) rmSync(path)
}

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))

// ── what goes along as it is ────────────────────────────────────────────────────────────────────────────────────────

/** Copies what `keep` says of a folder, by paths relative to it. */
function copy(folder, keep = () => true) {
  for (const path of filesBelow(join(root, folder))) {
    const name = relative(join(root, folder), path).replaceAll('\\', '/')
    if (keep(name)) cpSync(path, join(staging, folder, name))
  }
}

/** What a package needs only for its own commands or types is not carried along, and npm must not ask for it; nor is anything to be run. */
function forgetWhatIsNotCarried(name) {
  const path = join(staging, 'node_modules', name, 'package.json')
  const { dependencies = {}, scripts: _, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
  const kept = Object.entries(dependencies).filter(([other]) => BUNDLED.some((one) => one.name === other))
  rmSync(path)
  writeFileSync(path, JSON.stringify({ ...rest, dependencies: Object.fromEntries(kept) }))
}

async function copyRest() {
  copy('exercises', (name) => !name.endsWith('.test.ts'))
  copy('grader/cli/templates')
  // What `clusterwright schema` prints.
  copy('grader/reporters/schemas', (name) => /^(verdict|leaderboard)\.schema\.json$/.test(name))
  copy('grader/modules')
  copy('ports', (name) => /\.(?:proto|json|bin)$/.test(name))
  // Learners' files are checked against this very text.
  cpSync(join(root, 'cluster/api/types.ts'), join(staging, 'cluster/api/types.ts'))
  for (const file of ['LICENSE', 'NOTICE']) cpSync(join(root, file), join(staging, file))
  for (const { name, keep } of BUNDLED) copy(`node_modules/${name}`, (file) => keep.test(file) || LICENCE.test(file))
  for (const { name } of BUNDLED) forgetWhatIsNotCarried(name)
  const carried = [...BUNDLED.map(({ name, purpose }) => [name, purpose]), ...WITHIN]
  writeFileSync(join(staging, 'THIRD-PARTY-NOTICES.txt'), notices(carried, 'The package'))
  const described = join(staging, 'ports/kube-apiserver/descriptions.json')
  await mustRun('Collecting the descriptions', [nodeForSources(), 'scripts/api-descriptions.ts', described])
  const engine = '.cache/engine/quickjs-metered.wasm'
  await mustRun('Building the engine', [nodeForSources(), 'grader/sandbox/build-engine.ts'])
  cpSync(join(root, engine), join(staging, engine))
}

// ── what is made ────────────────────────────────────────────────────────────────────────────────────────────────────

const versionOf = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version

function writeManifest() {
  const { name, version, description, license } = manifest()
  const types = (path) => ({ types: path })
  const made = {
    ...{ name, version, description, license, type: 'module' },
    engines: { node: '>=20' },
    bin: { clusterwright: 'clusterwright.js' },
    imports: { '#cluster/*.ts': './cluster/*.js', '#grader/*.ts': './grader/*.js' },
    exports: {
      './kit': { types: './grader/kit/kit.d.ts', default: './grader/kit/kit.js' },
      './api': types('./cluster/api/types.d.ts'),
      './console': types('./console.d.ts'),
      './package.json': './package.json',
      './*': types('./grader/modules/*.d.ts'),
    },
    dependencies: Object.fromEntries(BUNDLED.map((one) => [one.name, versionOf(one.name)])),
    bundleDependencies: BUNDLED.map((one) => one.name),
  }
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(made, undefined, 2)}\n`)
}

const DOOR = `#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(\`clusterwright needs Node 20 or newer; this is \${process.versions.node}: install it from https://nodejs.org\\n\`)
  process.exit(2)
}
await import('./grader/cli/clusterwright.js')
`

async function writeDoors() {
  writeFileSync(join(staging, 'clusterwright.js'), DOOR, { mode: 0o755 })
  const source = readFileSync(join(root, 'grader/sandbox/compile.ts'), 'utf8')
  const [, console] = /export const ambientSource = `([^`]*)`/.exec(source) ?? []
  if (console === undefined)
    throw new Refusal(
      'grader/sandbox/compile.ts has no ambientSource.',
      'Follow its new name in scripts/build-package.mjs.',
    )
  writeFileSync(join(staging, 'console.d.ts'), console)
  cpSync(join(root, 'scripts/package/README.md'), join(staging, 'README.md'))
}

/** @returns {Promise<string>} the tarball's path */
export async function buildPackage() {
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  emitJavaScript()
  await copyRest()
  writeManifest()
  await writeDoors()
  mkdirSync(target, { recursive: true })
  // It says what it packed as JSON; the scripts of the manifest are none.
  await mustRun('Packing', ['npm', 'pack', staging, '--pack-destination', target, '--ignore-scripts', '--silent'])
  const { name, version } = manifest()
  const tarball = join(target, `${name}-${version}.tgz`)
  if (!existsSync(tarball)) throw new Refusal(`npm pack left no ${tarball}.`, 'Run it alone: npm pack .cache/package')
  return tarball
}
