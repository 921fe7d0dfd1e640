/** A lane of programs in a worker of a real Chromium. */
import type { Browser, Page } from 'playwright-core'
import { buildMeteredEngine } from '#grader/sandbox/build-engine.ts'
import { bundleWorker } from '../../test/e2e/worker-bundle.ts'
import type { SandboxRow } from './attempts.ts'
import type { Lane } from './work-off.ts'

export function chromiumLane(browser: Browser, programs: readonly number[]): Lane<SandboxRow> {
  let page: Page | undefined
  return {
    name: 'in Chromium',
    async run(from, tell) {
      const script = await bundleWorker(new URL('browser-worker.ts', import.meta.url))
      const engine = Buffer.from(buildMeteredEngine()).toString('base64')
      page = await browser.newPage()
      await page.exposeFunction('tell', (text: string) => tell(JSON.parse(text) as SandboxRow))
      await page.evaluate(
        ([source, sent]) =>
          new Promise<void>((resolve, reject) => {
            const address = URL.createObjectURL(new Blob([source!], { type: 'text/javascript' }))
            const worker = new Worker(address)
            const { tell: hear } = window as unknown as { tell(text: string): Promise<void> }
            // The last row must have been heard before this ends.
            let heard = Promise.resolve()
            worker.onmessage = ({ data }) => {
              heard = data === '' ? heard.then(resolve) : heard.then(() => hear(data as string))
            }
            worker.onerror = (event) => reject(new Error(`the worker broke down: ${event.message}`))
            worker.postMessage(JSON.parse(sent!))
          }),
        [script, JSON.stringify({ engine, programs: programs.slice(from) })] as const,
      )
    },
    async stop() {
      await page?.close()
    },
  }
}
