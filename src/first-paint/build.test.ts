import { expect, it } from 'vitest'
import { putIn, setAside } from './build.ts'

it('sets modules aside, and nothing else', () => {
  const inline = '<script>document.documentElement.dataset.theme</script>'
  const data = '<script type="application/json">{"a":1}</script>'
  expect(setAside(`${inline}<script type="module" src="/_astro/a.js"></script>${data}`)).toBe(
    `${inline}<script type="text/plain" data-module-src="/_astro/a.js"></script>${data}`,
  )
})

it('puts the styles of code blocks into the page, under a base path too', () => {
  const read = (path: string): string => `/* ${path} */`
  const link = '<link rel="stylesheet" href="/docs/_astro/ec.v4551.css">'
  expect(putIn(`<p>${link}<link rel="stylesheet" href="/other.css">`, read)).toBe(
    '<p><style>/* _astro/ec.v4551.css */</style><link rel="stylesheet" href="/other.css">',
  )
})
