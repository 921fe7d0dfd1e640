/** Text that is huge, broken or invisible, in code, keys, results and messages. It comes out as it went in, or is cut. */
import { run } from './program.ts'
import type { HostileClass } from './program.ts'

const bidi = '\\u202e\\u2066\\u2069\\u200f'

export const exoticText: HostileClass = {
  name: 'huge and exotic text',
  programs: [
    {
      name: 'a lone surrogate and a NUL',
      code: run("return '\\ud800\\u0000é😀'"),
      outcome: 'ok',
      value: '\ud800\u0000é😀',
    },
    {
      name: 'a lone surrogate as a key',
      code: run("return { '\\udfff': '\\udbff' }"),
      outcome: 'ok',
      value: { '\udfff': '\udbff' },
    },
    {
      name: 'a lone surrogate in the code itself',
      code: `export default { run: () => '\ud800'.length }`,
      outcome: 'ok',
      value: 1,
      why: 'UTF-8 has no half pairs: in the code it has become U+FFFD, in every host',
    },
    {
      name: 'a NUL in the code',
      code: `export default { run: () => 'a\u0000b'.length }`,
      outcome: 'ok',
      value: 3,
    },
    {
      name: 'a NUL outside of a text',
      code: 'export default { run: () => 1 }\u0000export default 2',
      outcome: 'threw',
      message: /SyntaxError/,
    },
    {
      name: 'a NUL in a line and in a message',
      code: run("console.log('a\\u0000b'); throw new Error('c\\u0000d')"),
      outcome: 'threw',
      message: /^Error: c.d$/,
    },
    {
      name: 'lone surrogates in a line and in a message',
      code: run("console.log('\\ud800'); throw new Error('\\udc00')"),
      outcome: 'threw',
      message: /\udc00/,
    },
    {
      name: 'a byte order mark before everything',
      code: `\ufeff${run("return '\\ufeff'.length")}`,
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'letters that turn the line around',
      code: run(`return '${bidi}pass'`),
      outcome: 'ok',
      value: '\u202e\u2066\u2069\u200fpass',
    },
    {
      name: 'code that reads otherwise than it runs',
      code: run('const isAdmin = false; /*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin */ return isAdmin'),
      outcome: 'ok',
      value: false,
    },
    {
      name: 'a hundred thousand combining marks',
      code: run("return ('e' + '\\u0301'.repeat(1e5)).normalize('NFC').length"),
      outcome: 'ok',
      value: 100_000,
    },
    {
      name: 'letters that grow when they are changed',
      code: run("return ['ß'.toUpperCase(), 'ﬃ'.toUpperCase(), 'İ'.toLowerCase().length, 'ΐ'.toUpperCase().length]"),
      outcome: 'ok',
      value: ['SS', 'FFI', 2, 3],
    },
    {
      name: 'a name of a hundred thousand letters',
      code: `export default { run() { const ${'a'.repeat(1e5)} = 1; return ${'a'.repeat(1e5)} } }`,
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a line of ten megabytes',
      code: `export default { run: () => 1 } // ${'x'.repeat(1e7)}`,
      outcome: 'ok',
      value: 1,
      why: 'the compiler takes no file of more than 200,000 characters; the engine would',
    },
    {
      name: 'ten megabytes of line ends',
      code: `${'\n'.repeat(1e7)}export default { run: () => 1 }`,
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'ten megabytes of text in the code',
      code: `export default { run: () => '${'x'.repeat(1e7)}'.length }`,
      outcome: 'fuel',
    },
    {
      name: 'ten megabytes of spaces, taken apart',
      code: run("return ' '.repeat(1e7).split(' ').length"),
      outcome: 'memory',
    },
    {
      name: 'ten megabytes of text, looked through',
      code: run("const all = 'ab'.repeat(5e6) + 'c'; return [all.length, all.indexOf('c'), all.at(-1)]"),
      outcome: 'ok',
      value: [10_000_001, 10_000_000, 'c'],
    },
    {
      name: 'names written with escapes and marks',
      code: run('const \\u{61}\\u0301 = 1, ª = 2, \\u0061\u200d = 3; return [a\u0301, ª, a\u200d]'),
      outcome: 'ok',
      value: [1, 2, 3],
    },
    {
      name: 'line ends that only JavaScript knows',
      code: "export default {\u2028  run() {\u2029    return 'a\u2028b'.length\r  },\r\n}",
      outcome: 'ok',
      value: 3,
    },
    {
      name: 'a regular expression over everything that Unicode has',
      code: run("return [/^\\p{L}+$/u.test('ñandúЖ漢'), /[\\p{Emoji}--[a-z]]/v.test('😀'), /\\u{1F600}/u.test('😀')]"),
      outcome: 'ok',
      value: [true, true, true],
    },
    {
      name: 'text that no decoder takes',
      code: run("return decodeURIComponent('%ff%fe')"),
      outcome: 'threw',
      message: /URIError/,
    },
  ],
}
