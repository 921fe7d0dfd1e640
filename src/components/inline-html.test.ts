import { expect, it } from 'vitest'
import { inlineHtml } from './inline-html.ts'

it.each([
  ['shows code and stress', 'a `code` *now*', 'a <code>code</code> <em>now</em>'],
  ['never lets a text become markup', '<script> & `a<b`', '&lt;script&gt; &amp; <code>a&lt;b</code>'],
  ['takes what stands in backticks as it is', '`a *b* c`', '<code>a *b* c</code>'],
  [
    'lets a long name break between its parts',
    '`cmd/kubeadm/init.go`',
    '<code>cmd/<wbr>kubeadm/<wbr>init.<wbr>go</code>',
  ],
  ['leaves asterisks between spaces alone', '2 * 3 * 4', '2 * 3 * 4'],
])('%s', (_, text, html) => {
  expect(inlineHtml(text)).toBe(html)
})
