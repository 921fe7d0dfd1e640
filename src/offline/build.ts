/**
 * Makes `sw.js` once the site is built: the service worker with a list of all files. A name with a hash in it says which
 * version a file is; any other gets the hash of its content beside it.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { build } from 'esbuild'

const program = fileURLToPath(new URL('./service-worker.ts', import.meta.url))

/** Astro's own folder of files that are named by their content. */
const NAMED_BY_CONTENT = /^_astro\//
/** The worker itself, and what no page asks for. */
const LEFT_OUT = /^sw\.js$|\.map$|^\.prerender\//

interface File {
  /** Below the folder of the worker, so that it holds under any base path. */
  readonly url: string
  readonly revision: string | null
}

export function filesOf(folder: string): File[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/').replace(/^\//, ''))
  return paths
    .filter((path) => !LEFT_OUT.test(path))
    .sort()
    .map((url) => ({
      url,
      revision: NAMED_BY_CONTENT.test(url)
        ? null
        : createHash('sha256')
            .update(readFileSync(join(folder, url)))
            .digest('hex')
            .slice(0, 16),
    }))
}

/** After all other integrations, so that every file is there. */
export const offline = (): AstroIntegration => ({
  name: 'clusterwright-offline',
  hooks: {
    'astro:build:done': async ({ dir, logger }) => {
      const folder = fileURLToPath(dir)
      const files = filesOf(folder)
      await build({
        entryPoints: [program],
        outfile: join(folder, 'sw.js'),
        bundle: true,
        minify: true,
        format: 'iife',
        target: 'es2022',
        define: { FILES: JSON.stringify(files), 'process.env.NODE_ENV': '"production"' },
        logLevel: 'warning',
      })
      logger.info(`sw.js keeps ${files.length} files for reading offline`)
    },
  },
})
