/**
 * Runs a module of this repository in a Web Worker of a Chromium, bundled on the spot: for what must come out there as it
 * does here, and is on no page by itself.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'

const bundles = new Map<string, Promise<string>>()

/** Each module is bundled once, however often it runs. */
function bundleOnce(entry: URL): Promise<string> {
  const made = bundles.get(entry.href) ?? bundleWorker(entry)
  bundles.set(entry.href, made)
  return made
}

/** One script of a module and all that it imports. A rejection that nobody handles is an error there, which the page hears. */
export async function bundleWorker(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: 'iife',
    logLevel: 'error',
    banner: { js: "self.addEventListener('unhandledrejection', (event) => { throw event.reason })" },
  })
  return outputFiles[0]!.text
}

/**
 * @param entry a module that answers its first message with one message, as JSON
 * @param message what it is sent: JSON
 */
export async function runInWorker<Answer>(browser: Browser, entry: URL, message: unknown): Promise<Answer> {
  const bundled = await bundleOnce(entry)
  const page = await browser.newPage()
  try {
    const answer = await page.evaluate(
      ([script, sent]) =>
        new Promise<string>((resolve, reject) => {
          const address = URL.createObjectURL(new Blob([script!], { type: 'text/javascript' }))
          const worker = new Worker(address)
          worker.onmessage = ({ data }) => resolve(String(data))
          worker.onerror = (event) => reject(new Error(`the worker broke down: ${event.message}`))
          worker.postMessage(JSON.parse(sent!))
        }),
      [bundled, JSON.stringify(message)] as const,
    )
    return JSON.parse(answer) as Answer
  } finally {
    await page.close()
  }
}
