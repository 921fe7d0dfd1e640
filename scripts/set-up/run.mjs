/**
 * Child processes, started the same way everywhere: from the project's root, with the project's own tools first in PATH,
 * so that `node` is the pinned Node 24 however the command was begun.
 */
import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from './say.mjs'

/** The project's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** @param {Record<string, string>} [more] @returns {NodeJS.ProcessEnv} */
export function projectEnvironment(more = {}) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter)
  return { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', ...more, PATH: path }
}

/** The signals that ask a process to end. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Children that still run: when this process is told to end, they are told the same, and it ends with the last one. */
const children = new Set()
let ending = false
for (const signal of ENDING_SIGNALS) {
  process.on(signal, () => {
    ending = true
    for (const child of children) end(child, signal)
    if (children.size === 0) process.exit(130)
  })
}

/**
 * Ends this process when the shell that npm started it in is gone: npm hands a signal to that shell, which dies of it
 * without telling us, and a server would go on holding its port.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return
  const shell = process.ppid
  const watch = setInterval(() => process.ppid !== shell && process.kill(process.pid, 'SIGTERM'), 500)
  watch.unref()
}

/** A child of `run` leads a process group of its own, so that its own children end with it. */
function end(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch {
    child.kill(signal)
  }
}

/**
 * @typedef {object} Ended
 * @property {number} code exit code; 124 when stopped at its time limit, 128 when ended by a signal
 * @property {string} output stdout and stderr in the order they came
 * @property {number} milliseconds wall time
 */

/**
 * Runs a program to its end. Resolves whatever its exit code; rejects only if it cannot be started.
 * @param {string[]} line program and arguments; no shell in between
 * @param {{env?: Record<string, string>, quiet?: boolean, limitMs?: number}} [options] quiet: collect, do not print
 * @returns {Promise<Ended>}
 */
export function run([program, ...args], { env, quiet = false, limitMs } = {}) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const windows = process.platform === 'win32'
    const child = spawn(program, args, {
      cwd: root,
      env: projectEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      shell: windows,
    })
    children.add(child)
    let output = ''
    let stopped = false
    const take = (stream) => (chunk) => {
      output += chunk
      if (!quiet) stream.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', take(process.stdout))
    child.stderr.setEncoding('utf8').on('data', take(process.stderr))
    const stop = () => {
      stopped = true
      end(child, 'SIGKILL')
    }
    const limit = limitMs && setTimeout(stop, limitMs)
    const finish = () => {
      clearTimeout(limit)
      children.delete(child)
      if (ending && children.size === 0) process.exit(130)
    }
    child.on('error', (error) => {
      finish()
      reject(
        new Refusal(`Could not start ${program}: ${error.message}.`, 'Run `npm run set-up`, then the command again.'),
      )
    })
    child.on('close', (code) => {
      finish()
      resolve({ code: stopped ? 124 : (code ?? 128), output, milliseconds: performance.now() - began })
    })
  })
}

/**
 * Runs a program that must succeed; its output is shown only when it does not.
 * @param {string} what names the work in the refusal @param {string[]} line
 * @param {{env?: Record<string, string>, quiet?: boolean, remedy?: string}} [options]
 * @returns {Promise<string>} its output
 */
export async function mustRun(what, line, { env, quiet = true, remedy } = {}) {
  const { code, output } = await run(line, { env, quiet })
  if (code === 0) return output
  if (quiet) process.stderr.write(output)
  throw new Refusal(
    `${what} failed (exit code ${code}).`,
    remedy ?? `Read the lines above; run it alone with: ${line.join(' ')}`,
  )
}
