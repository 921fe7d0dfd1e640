/** The shell around kubectl, and how a line of output is coloured. */
import { expect, it } from 'vitest'
import { colours, typed } from './shell.ts'

const shell = { files: { 'web.yaml': 'kind: Pod\n' }, lines: ['ls', 'help'], help: 'Help.' }

it.each([
  ['', { kind: 'nothing' }],
  ['clear', { kind: 'clear' }],
  [' k  get pods ', { kind: 'kubectl', line: 'kubectl  get pods' }],
  [
    "KUBE_EDITOR='sed -i s/1/2/' k edit cm/a",
    { kind: 'kubectl', line: "KUBE_EDITOR='sed -i s/1/2/' kubectl edit cm/a" },
  ],
  ["kubectl get pods -o jsonpath='{.a|b}'", { kind: 'kubectl' }],
  ['kubectl get pods | grep web', { kind: 'printed', failed: true }],
  ['ls', { kind: 'printed', output: 'web.yaml' }],
  ['cat web.yaml', { kind: 'printed', output: 'kind: Pod' }],
  ['cat nothing', { output: 'cat: nothing: No such file or directory' }],
  ['history', { output: '   1  ls\n   2  help' }],
  ['vim', { output: 'sh: vim: command not found. Type help to see what there is.' }],
])('%s', (line, what) => {
  expect(typed(line, shell)).toMatchObject(what)
})

it('colours words that say how something is, and heads of tables', () => {
  expect(colours('NAME    READY   STATUS')).toEqual([{ text: 'NAME    READY   STATUS', look: 'head' }])
  expect(colours('web-1   1/1   Running   0')).toContainEqual({ text: 'Running', look: 'ok' })
  expect(colours('node-1   NotReady   <none>')).toContainEqual({ text: 'NotReady', look: 'bad' })
  // A part of a longer word says nothing.
  expect(colours('my-Running-pod')).toEqual([{ text: 'my-Running-pod', look: 'plain' }])
})
