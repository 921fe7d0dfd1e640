/**
 * Builds the code editor apart from the site, into `public/ed/`: Monaco, its style sheet, its workers, and the types of the
 * course's modules. Does nothing when all of that is up to date; `--force` builds anyway.
 *
 * Apart, because a site build links the style sheet of whatever is imported, even lazily, into the head of every page: the
 * weight of an editor would reach lessons on which nobody writes code.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const outputFolder = join(root, 'public/ed')
const stampFile = join(root, '.cache/editor/stamp.json')
const packages = ['monaco-editor', 'typescript', 'ts-blank-space', 'esbuild']
const files = ['monaco.js', 'monaco.css', 'language.js', 'editor-worker.js', 'manifest.json']

/** Stands in the bundles for the build's name, which is known only once they are made. */
const VERSION_MARK = 'VERSION_OF_THIS_BUILD'

const require = createRequire(import.meta.url)
const hash = (text) => createHash('sha256').update(text).digest('hex')
const hashFile = (path) => hash(readFileSync(join(root, path)))

function packageVersion(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}

/** Declarations by import path: `grader/modules/<name>.d.ts` is `clusterwright/<name>`, the API's own types are `clusterwright/api`. */
function typeModuleFiles() {
  const folder = join(root, 'grader/modules')
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.d.ts')) : []
  const modules = found
    .sort()
    .map((name) => [`clusterwright/${name.slice(0, -'.d.ts'.length)}`, `grader/modules/${name}`])
  if (existsSync(join(root, 'cluster/api/types.ts'))) modules.push(['clusterwright/api', 'cluster/api/types.ts'])
  return new Map(modules)
}

/** TypeScript's library files that ES2023 needs, found by following their references. */
function neededLibraries() {
  const folder = dirname(require.resolve('typescript'))
  const needed = new Set()
  const visit = (name) => {
    if (needed.has(name)) return
    needed.add(name)
    const text = readFileSync(join(folder, name), 'utf8')
    for (const [, reference] of text.matchAll(/^\/\/\/ <reference lib="([^"]+)"/gm)) visit(`lib.${reference}.d.ts`)
  }
  visit('lib.es2023.d.ts')
  visit('lib.decorators.d.ts')
  visit('lib.decorators.legacy.d.ts')
  return needed
}

/** Replaces Monaco's map of all library files (DOM included) by one of those that learners' code is checked against. */
const trimLibraries = {
  name: 'trim-libraries',
  setup(bundler) {
    bundler.onLoad({ filter: /languages[\\/]features[\\/]typescript[\\/]lib[\\/]lib\.js$/ }, async ({ path }) => {
      const { libFileMap } = await import(pathToFileURL(path).href)
      const kept = Object.fromEntries([...neededLibraries()].sort().map((name) => [name, libFileMap[name]]))
      const missing = Object.keys(kept).filter((name) => kept[name] === undefined)
      if (missing.length > 0) throw new Error(`Monaco lacks ${missing.join(', ')}: pin the typescript that it bundles.`)
      return { contents: `export const libFileMap = ${JSON.stringify(kept)}`, loader: 'js' }
    })
  },
}

/** `import ts from 'typescript'` means Monaco's copy: one compiler in the bundle, and only one. */
const useMonacosTypeScript = {
  name: 'use-monacos-typescript',
  setup(bundler) {
    bundler.onResolve({ filter: /^typescript$/ }, () => ({ path: 'typescript', namespace: 'monacos-typescript' }))
    bundler.onLoad({ filter: /.*/, namespace: 'monacos-typescript' }, () => ({
      contents: `
        import { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices.js'
        export default typescript`,
      resolveDir: root,
      loader: 'js',
    }))
  },
}

/** The editor itself needs the compiler's settings, not the compiler: what it does not use must not come along. */
const dropUnusedCompiler = {
  name: 'drop-unused-compiler',
  setup(bundler) {
    bundler.onResolve({ filter: /^ts-blank-space$/ }, () => ({
      path: require.resolve('ts-blank-space'),
      sideEffects: false,
    }))
  },
}

function assertSameTypeScript() {
  const metadata = join(
    root,
    'node_modules/monaco-editor/esm/vs/languages/features/typescript/lib/typescriptServicesMetadata.js',
  )
  const bundled = /typescriptVersion = "([^"]+)"/.exec(readFileSync(metadata, 'utf8'))?.[1]
  const pinned = packageVersion('typescript')
  if (bundled !== pinned) {
    throw new Error(
      `The editor bundles TypeScript ${bundled}, the grader uses ${pinned}: verdicts would differ. ` +
        `Pin "typescript": "${bundled}" in package.json.`,
    )
  }
}

/** Builds every bundle; returns the project's own files that went into them. */
async function bundle() {
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    loader: { '.ttf': 'file' },
    assetNames: '[name]-[hash]',
    define: {
      LANGUAGE_WORKER: JSON.stringify(`./language.js?v=${VERSION_MARK}`),
      EDITOR_WORKER: JSON.stringify(`./editor-worker.js?v=${VERSION_MARK}`),
      'import.meta.env.BASE_URL': '"/"',
    },
    plugins: [trimLibraries, useMonacosTypeScript, dropUnusedCompiler],
  }
  const results = await Promise.all(
    [
      ['src/editor/monaco-entry.ts', 'monaco.js'],
      ['src/editor/language-worker.ts', 'language.js'],
      ['src/editor/editor-worker.ts', 'editor-worker.js'],
    ].map(([entry, output]) => build({ ...common, entryPoints: [entry], outfile: join(outputFolder, output) })),
  )
  return [...new Set(results.flatMap((result) => Object.keys(result.metafile.inputs)))].filter(
    (path) => !path.startsWith('node_modules/') && !path.includes(':') && existsSync(join(root, path)),
  )
}

/** Everything that a build depends on, as one value that is equal exactly when a new build would give the same. */
function stampOf(inputs) {
  const own = relative(root, fileURLToPath(import.meta.url))
  const paths = [...new Set([own, ...inputs, ...typeModuleFiles().values()])].sort()
  return {
    packages: packages.map((name) => `${name} ${packageVersion(name)}`),
    inputs: paths.map((path) => [path, existsSync(join(root, path)) ? hashFile(path) : 'gone']),
  }
}

function isUpToDate() {
  if (process.argv.includes('--force') || !existsSync(stampFile)) return false
  if (files.some((name) => !existsSync(join(outputFolder, name)))) return false
  const stamp = JSON.parse(readFileSync(stampFile, 'utf8'))
  const inputs = stamp.inputs.map(([path]) => path)
  return JSON.stringify(stampOf(inputs)) === JSON.stringify(stamp)
}

/** Names this build after what is in it, and writes that name where the page and the editor look for it. */
function seal() {
  const types = Object.fromEntries(
    [...typeModuleFiles()].map(([module, path]) => [module, readFileSync(join(root, path), 'utf8')]),
  )
  const contents = readdirSync(outputFolder)
    .sort()
    .map((name) => hash(readFileSync(join(outputFolder, name))))
  const version = hash(JSON.stringify([contents, types])).slice(0, 12)
  const entry = join(outputFolder, 'monaco.js')
  writeFileSync(entry, readFileSync(entry, 'utf8').replaceAll(VERSION_MARK, version))
  writeFileSync(join(outputFolder, 'manifest.json'), JSON.stringify({ version, types }))
}

function report() {
  for (const name of files) {
    const bytes = readFileSync(join(outputFolder, name))
    const kilobytes = (size) => `${Math.round(size / 1000)} kB`.padStart(8)
    console.log(`  ${name.padEnd(18)}${kilobytes(bytes.length)}${kilobytes(gzipSync(bytes).length)} gzip`)
  }
}

if (isUpToDate()) {
  console.log('The editor is up to date.')
} else {
  const started = performance.now()
  console.log('Building the editor…')
  assertSameTypeScript()
  rmSync(outputFolder, { recursive: true, force: true })
  mkdirSync(outputFolder, { recursive: true })
  mkdirSync(dirname(stampFile), { recursive: true })
  const inputs = await bundle()
  seal()
  writeFileSync(stampFile, JSON.stringify(stampOf(inputs)))
  report()
  console.log(`Built the editor in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
}
