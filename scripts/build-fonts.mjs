/**
 * Makes the course's fonts from their packages, into `src/styles/fonts/`: only the weights that its pages use, and for code no
 * ligatures, because a learner must see `===`. That halves what a slow phone fetches before its first page looks as it should.
 * Does nothing when all of them are up to date.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import subsetFont from 'subset-font'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'src/styles/fonts')
const require = createRequire(import.meta.url)

const WEIGHTS = { min: 400, max: 700 }
/** Where each comes from, by the name that the style sheets use. */
const FONTS = {
  literata: require.resolve('@fontsource-variable/literata/files/literata-latin-wght-normal.woff2'),
  'literata-italic': require.resolve('@fontsource-variable/literata/files/literata-latin-wght-italic.woff2'),
  'atkinson-hyperlegible-next':
    require.resolve('@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2'),
  'jetbrains-mono': require.resolve('@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'),
}
/** What the packages call Latin: Basic Latin to Latin Extended-A, and the signs of running text. */
const GLYPHS = [
  ...Array.from({ length: 0x180 - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)),
  ...'–—‘’“”„•…‹›←↑→↓⇒≤≥≠−€™∞✓✗',
].join('')

mkdirSync(folder, { recursive: true })
const own = readFileSync(fileURLToPath(import.meta.url))
for (const [name, path] of Object.entries(FONTS)) {
  const source = readFileSync(path)
  const file = join(folder, `${name}.woff2`)
  const stampFile = join(folder, `${name}.stamp`)
  const stamp = createHash('sha256').update(own).update(source).digest('hex')
  if (existsSync(file) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) continue
  const made = await subsetFont(source, GLYPHS, {
    targetFormat: 'woff2',
    variationAxes: { wght: WEIGHTS },
    noLayoutClosure: name === 'jetbrains-mono',
  })
  writeFileSync(file, made)
  writeFileSync(stampFile, stamp)
}
