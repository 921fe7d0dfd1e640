/**
 * Sets the scripts of the built pages aside until the first paint: a module is not run before that anyway, but fetching it
 * takes its share of a slow network from the text. `first-paint.js` starts them. And puts the style sheet of code blocks into
 * the page, as all others are: no first paint waits for a file. (Expressive Code would do so itself, but not in MDX, where it
 * comes out as an attribute.) While the site is being written both are left as they are.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'

const MODULE = /<script type="module" src=("[^"]+")><\/script>/g

export const setAside = (html: string): string =>
  html.replaceAll(MODULE, '<script type="text/plain" data-module-src=$1></script>')

const CODE_STYLES = /<link rel="stylesheet" href="[^"]*?([\w-]+\/ec\.[\w-]+\.css)"\s*\/?>/g

/** @param read the text of a file, by its place in the built folder */
export const putIn = (html: string, read: (path: string) => string): string =>
  html.replaceAll(CODE_STYLES, (_, path: string) => `<style>${read(path)}</style>`)

/** Before the integration that lists all files by their content. */
export const firstPaint = (): AstroIntegration => ({
  name: 'clusterwright-first-paint',
  hooks: {
    'astro:build:done': ({ dir, logger }) => {
      const folder = fileURLToPath(dir)
      const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'))
      const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
      for (const path of pages) writeFileSync(join(folder, path), putIn(setAside(read(path)), read))
      logger.info(`${pages.length} pages paint before their scripts are fetched`)
    },
  },
})
