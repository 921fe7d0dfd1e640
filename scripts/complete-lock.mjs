/**
 * `npm run complete-lock`, after a change of dependencies: makes package-lock.json name the packages of every platform.
 *
 * Native programs come as one optional package per platform. npm writes only those into the lock file that it finds at
 * the registry in use, and a mirror may not carry all; `npm ci` then refuses the whole lock file. The parents say exactly
 * which version they want, so the missing entries can be written down: without an integrity hash, and never installed
 * on a platform that is not theirs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './set-up/run.mjs'
import { say } from './set-up/say.mjs'

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** @param {string} name `@oxlint/binding-darwin-arm64` @returns {{os?: string[], cpu?: string[]} | undefined} */
export function platformOf(name) {
  const words = name
    .replace(/^@[^/]+\//, '')
    .replace('windows', 'win32')
    .split('-')
  const os = SYSTEMS.filter((system) => words.includes(system))
  const cpu = PROCESSORS.filter((processor) => words.includes(processor))
  if (words.includes('wasi')) return { cpu: ['wasm32'] }
  return os.length === 1 ? { os, ...(cpu.length === 1 && { cpu }) } : undefined
}

/** Where Node looks for a package from inside another: beside it, then in each folder above. */
function* places(parent, name) {
  for (let at = parent; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    yield `${at ? `${at}/` : ''}node_modules/${name}`
    if (at === '') return
    if (!at.includes('/node_modules/')) {
      yield `node_modules/${name}`
      return
    }
  }
}

/**
 * @param {Record<string, any>} packages the lock file's "packages"; entries are added to it
 * @returns {string[]} the paths that were added
 */
export function completeLock(packages) {
  const added = []
  for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    if (parent === '') continue
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const platform = platformOf(name)
      if (!platform || !/^\d/.test(version)) continue
      const found = [...places(parent, name)].find((place) => packages[place])
      if (found && packages[found].version === version) continue
      const path = found ? `${parent}/node_modules/${name}` : `node_modules/${name}`
      packages[path] = { version, ...(dev && { dev }), optional: true, ...platform }
      added.push(path)
    }
  }
  return added
}

if (process.argv[1]?.endsWith('complete-lock.mjs')) {
  const path = join(root, 'package-lock.json')
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const added = completeLock(lock.packages)
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
  say(`package-lock.json: ${added.length} packages of other platforms added`)
}
