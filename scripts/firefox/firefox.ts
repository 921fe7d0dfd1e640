/**
 * A real Firefox, without a driver: it is begun on a page of ours and killed when it is no longer wanted. Debian's `firefox-esr`
 * does; `FIREFOX` names another.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Where it is; undefined where there is none. */
export function findFirefox(): string | undefined {
  const { FIREFOX, PATH = '' } = process.env
  if (FIREFOX) return FIREFOX
  const folders = PATH.split(delimiter)
  return ['firefox-esr', 'firefox']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
}

export interface Firefox {
  /** Rejects when it ends by itself. */
  readonly gone: Promise<never>
  /** Ends it at once, with its processes and its profile. */
  end(): Promise<void>
}

/** Begins one, with a profile of its own, on this page. */
export function beginFirefox(path: string, url: string): Firefox {
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'))
  // A group of its own, because it begins processes of its own.
  const env = { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: '1', HOME: profile }
  const line = ['--headless', '--no-remote', '--profile', profile, url]
  const browser = spawn(path, line, { stdio: 'ignore', detached: true, env })
  const gone = new Promise<never>((_, reject) => {
    browser.on('error', reject)
    browser.on('exit', (code) => reject(new Error(`${path} ended by itself (exit code ${code})`)))
  })
  // Whoever ends it need not hear of it.
  gone.catch(() => {})
  const isThere = (): boolean => browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null
  const kill = (): void => void (isThere() && process.kill(-browser.pid!, 'SIGKILL'))
  // A group of its own outlives us otherwise.
  process.once('exit', kill)
  return {
    gone,
    async end() {
      process.off('exit', kill)
      if (isThere()) {
        const over = new Promise((resolve) => browser.once('exit', resolve))
        kill()
        await over
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}
