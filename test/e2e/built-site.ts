/**
 * Serves the built site for the end-to-end tests, under `/` and under a base path, on free ports. The tests take the
 * addresses with `inject('plainUrl')` and `inject('basedUrl')`; see harness.ts.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { basedSite, plainSite } from '../../scripts/build-site.mjs'
import { serve } from '../../scripts/serve.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    plainUrl: string
    basedUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const { folder } of [plainSite, basedSite])
    if (!existsSync(join(folder, 'index.html')))
      throw new Error(`There is no built site in ${folder}. Build it first: npm test -- build`)
  const plain = await serve(plainSite)
  const based = await serve(basedSite)
  project.provide('plainUrl', plain.url)
  project.provide('basedUrl', based.url)
  return async () => {
    await plain.close()
    await based.close()
  }
}
