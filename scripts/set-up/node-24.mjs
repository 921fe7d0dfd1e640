/**
 * The right Node. Our sources are TypeScript that Node runs as it is (types erased), which Node 20 cannot do. So the
 * packages carry a pinned Node 24 for Linux and Windows; anywhere else a Node that is new enough will do.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ENDING_SIGNALS, projectEnvironment, root } from './run.mjs'
import { Refusal } from './say.mjs'

/** Type erasure needs no flag from 22.18 on. */
const OLDEST = [22, 18]

/** @param {string} version `v22.18.0` or `22.18.0` @returns {boolean} */
export function runsTypeScript(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  // 23.0 to 23.5 are newer than 22.18 by number and still want the flag.
  if (major === 23) return minor >= 6
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** @returns {string} the path of a Node that runs our sources */
export function nodeForSources() {
  const windows = process.platform === 'win32'
  const platform = windows ? 'win' : process.platform
  const folder = join(root, 'node_modules', `node-${platform}-${process.arch}`)
  const pinned = join(folder, 'bin', windows ? 'node.exe' : 'node')
  if (existsSync(pinned)) return pinned
  if (runsTypeScript(process.version)) return process.execPath
  throw new Refusal(
    `This is Node ${process.versions.node} on ${process.platform} ${process.arch}; the sources need Node 24.`,
    'Install Node 24 (https://nodejs.org), or on Linux and Windows run `npm ci` without --omit=optional.',
  )
}

/**
 * Goes on in a Node that can run TypeScript: same terminal, same signals, same exit code.
 * @param {string} source path of the .ts file, from the project's root @param {string[]} args
 * @param {{workingFolder?: string}} [options] paths given by a person are relative to where they stand
 * @returns {Promise<never>}
 */
export function goOnIn(source, args, { workingFolder = process.cwd() } = {}) {
  const child = spawn(nodeForSources(), [join(root, source), ...args], {
    cwd: workingFolder,
    env: projectEnvironment(),
    stdio: 'inherit',
  })
  for (const signal of ENDING_SIGNALS) {
    process.removeAllListeners(signal)
    // Ctrl-C in a terminal reaches both of us; a signal sent to this process alone is passed on.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal))
  }
  return new Promise((_, reject) => {
    child.on('error', (error) =>
      reject(new Refusal(`Could not start Node: ${error.message}.`, 'Run `npm run set-up`.')),
    )
    child.on('exit', (code, signal) => {
      if (signal === null) process.exit(code)
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    })
  })
}
