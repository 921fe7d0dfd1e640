import { expect, it } from 'vitest'
import { setAside } from './build.ts'

it('sets modules aside, and nothing else', () => {
  const inline = '<script>document.documentElement.dataset.theme</script>'
  const data = '<script type="application/json">{"a":1}</script>'
  expect(setAside(`${inline}<script type="module" src="/_astro/a.js"></script>${data}`)).toBe(
    `${inline}<script type="text/plain" data-module-src="/_astro/a.js"></script>${data}`,
  )
})
