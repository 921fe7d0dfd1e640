/**
 * The site's build in order: the metered engine, the editor's bundle, then the pages (Astro). Each step does nothing
 * when it is up to date. `npm run build` makes `dist/`; BASE=/some/base/ in the environment sets the base path.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { nodeForSources } from './set-up/node-24.mjs'
import { mustRun, root } from './set-up/run.mjs'
import { command, say, step } from './set-up/say.mjs'

/** Whatever the pages are made of. */
const SOURCES = [
  'cluster',
  'content',
  'exercises',
  'grader',
  'public',
  'src',
  'scripts/build-editor.mjs',
  'scripts/build-fonts.mjs',
]
const SOURCE_FILES = ['astro.config.mjs', 'package-lock.json', 'package.json', 'tsconfig.json']

/** Where the site under a base path other than `/` is built for the end-to-end tests. */
export const basedSite = { base: '/some/base/', folder: join(root, '.cache', 'site-under-base') }
/** The site as `npm start` serves it. */
export const plainSite = { base: '/', folder: join(root, 'dist') }

/** A fingerprint of all sources by path, size and date: cheap, and it changes whenever a file is written. */
function fingerprint(base) {
  const hash = createHash('sha256').update(base)
  const add = (path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
    else if (found) hash.update(`${path}\0${found.size}\0${found.mtimeMs}\n`)
  }
  for (const path of [...SOURCES, ...SOURCE_FILES]) add(join(root, path))
  return hash.digest('hex')
}

/** For `kubectl explain` in the playground, which asks for it then. */
const API_DESCRIPTIONS = 'public/api/descriptions.json'

/** The metered QuickJS, Monaco's bundle, the fonts and the words: what Astro takes as given. */
export async function buildParts() {
  await step('Preparing the engine that runs learners’ code', () =>
    mustRun('Building the engine', [nodeForSources(), 'grader/sandbox/build-engine.ts']),
  )
  await step('Bundling the editor', () =>
    mustRun('Bundling the editor', [nodeForSources(), 'scripts/build-editor.mjs']),
  )
  await step('Collecting what the API’s fields are for', () =>
    mustRun('Collecting the descriptions', [nodeForSources(), 'scripts/api-descriptions.ts', API_DESCRIPTIONS]),
  )
  await step('Making the fonts', () => mustRun('Making the fonts', [nodeForSources(), 'scripts/build-fonts.mjs']))
}

/**
 * Builds the site, unless it stands built from these very sources.
 * @param {{base: string, folder: string}} site
 */
export async function buildSite({ base, folder } = plainSite) {
  await buildParts()
  const stamp = join(root, '.cache', `built-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`)
  const now = fingerprint(base)
  if (existsSync(join(folder, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) {
    say(`• The site is built already (${folder})`)
    return
  }
  rmSync(stamp, { force: true })
  await step(`Building the site for ${base}`, () =>
    mustRun('Building the site', ['astro', 'build', '--outDir', folder], {
      env: { BASE: base, NODE_ENV: 'production' },
      remedy: 'Read the lines above; see it alone with: npm run build',
    }),
  )
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, now)
}

/** True when this file is the command itself, not an import. */
const isMain = process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)
if (isMain) {
  await command(async () => {
    await ensureDependencies()
    const base = process.env.BASE ?? '/'
    await buildSite({ base: `/${base}/`.replace(/\/+/g, '/'), folder: plainSite.folder })
  })
}
