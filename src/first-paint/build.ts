/**
 * Sets the scripts of the built pages aside until the first paint: a module is not run before that anyway, but fetching it
 * takes its share of a slow network from the text. `first-paint.js` starts them. While the site is being written they are left
 * as they are.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'

const MODULE = /<script type="module" src=("[^"]+")><\/script>/g

export const setAside = (html: string): string =>
  html.replaceAll(MODULE, '<script type="text/plain" data-module-src=$1></script>')

/** Before the integration that lists all files by their content. */
export const firstPaint = (): AstroIntegration => ({
  name: 'clusterwright-first-paint',
  hooks: {
    'astro:build:done': ({ dir, logger }) => {
      const folder = fileURLToPath(dir)
      const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'))
      for (const path of pages) {
        const file = join(folder, path)
        writeFileSync(file, setAside(readFileSync(file, 'utf8')))
      }
      logger.info(`${pages.length} pages paint before their scripts are fetched`)
    },
  },
})
