import { expect, it } from 'vitest'
import { type Ran, resumeShell, type Shell, startShell } from './run.ts'
import { packTar, unpackTar } from '#cluster/kernel/tar.ts'

const WORLD = { hostname: 'box', env: { NAME: 'world' }, now: 0, files: { '/etc/motd': 'one\ntwo\n' }, tty: undefined }

const resume = (shell: Shell, files: Ran['files'] = WORLD.files): Ran => resumeShell(shell, { ...WORLD, files })
const textOf = ({ output }: Ran, channel: string): string =>
  output
    .filter((one) => one.channel === channel)
    .map(({ bytes }) => bytes)
    .join('')

/** Prints, in one go, with nothing to wait for. */
const sh = (script: string, input = ''): [stdout: string, stderr: string, status: number] => {
  const ran = resume({ ...startShell(['sh', '-c', script]), input, inputEnded: true })
  expect(ran.waits).toBeUndefined()
  return [textOf(ran, 'stdout'), textOf(ran, 'stderr'), ran.shell.status]
}

it.each([
  ['echo a "b  c" d\\ e', 'a b  c d e\n'],
  ['echo $NAME ${NAME} \'$NAME\' "<$NAME>"', 'world world $NAME <world>\n'],
  ['i=1; i=$((i+2*3)); echo $i', '7\n'],
  ['false && echo no; false || echo yes; true && echo and', 'yes\nand\n'],
  ['for x in a b c; do echo $x; done', 'a\nb\nc\n'],
  ['i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done', '0\n1\n2\n'],
  ['i=0; until [ $i = 2 ]; do i=$((i+1)); done; echo $i', '2\n'],
  ['if test -f /nope; then echo a; elif [ -d /etc ]; then echo b; else echo c; fi', 'b\n'],
  ['cat /etc/motd | grep two | wc -l', '1\n'],
  ['echo x > /srv/f; echo y >> /srv/f; cat < /srv/f; ls /srv', 'x\ny\nf\n'],
  ['mkdir -p /a/b/c; ls /a; mkdir /a/d; ls /a /a/b; [ -d /a/d ] && rm -r /a/b; ls /a', 'b\n/a:\nb\nd\n\n/a/b:\nc\nd\n'],
  ['uname; uname -nm; uname -a', 'Linux\nbox x86_64\nLinux box 6.12.0-clusterwright #1 SMP x86_64 GNU/Linux\n'],
  ['echo lost 2>/dev/null >/dev/null; echo $?', '0\n'],
  ['printf "%s=%d\\n" a 5', 'a=5\n'],
  ['# nothing\necho "#some" # none', '#some\n'],
])('%s', (script, stdout) => {
  expect(sh(script)).toEqual([stdout, '', 0])
})

it('says where things go wrong, and with which status', () => {
  expect(sh('echo e >&2; exit 3; echo never')).toEqual(['', 'e\n', 3])
  expect(sh('nosuch')).toEqual(['', 'sh: nosuch: not found\n', 127])
  expect(sh('if true')[2]).toBe(2)
  expect(sh('cat /nope')[1]).toContain("can't open '/nope'")
})

it.each([
  ['mkdir /etc', "mkdir: can't create directory '/etc': File exists\n"],
  ['mkdir /a/b', "mkdir: can't create directory '/a/b': No such file or directory\n"],
  ['ls /nope', 'ls: /nope: No such file or directory\n'],
])('a folder is one or is none: %s', (script, stderr) => {
  expect(sh(script)).toEqual(['', stderr, 1])
})

it('lists a folder and all that is below it', () => {
  const script = 'mkdir -p /a/b/c; echo x > /a/f; echo x > /a/b/g; ls -R /a'
  expect(sh(script)).toEqual(['/a:\nb\nf\n\n/a/b:\nc\ng\n\n/a/b/c:\n', '', 0])
})

it('packs files, and no empty folders', () => {
  const [packed] = sh('mkdir /a; mkdir /a/empty; echo x > /a/f; tar cf - /a')
  expect(unpackTar(packed)).toEqual([['a/f', 'x\n']])
})

it('waits for time, and goes on where it was', () => {
  const first = resume(startShell(['sh', '-c', 'echo a; sleep 2; echo b']))
  expect([textOf(first, 'stdout'), first.waits]).toEqual(['a\n', { for: 'time', micros: 2_000_000 }])
  const second = resume(first.shell)
  expect([textOf(second, 'stdout'), second.waits]).toEqual(['b\n', undefined])
})

it('waits for input, and hands on what has come', () => {
  const first = resume({ ...startShell(['cat']), input: 'abc' })
  expect([textOf(first, 'stdout'), first.waits]).toEqual(['abc', { for: 'input' }])
  const second = resume({ ...first.shell, input: 'd', inputEnded: true })
  expect([textOf(second, 'stdout'), second.waits]).toEqual(['d', undefined])
})

it('a script without an end lets others run', () => {
  const ran = resume(startShell(['sh', '-c', 'while true; do :; done']))
  expect(ran.waits?.for).toBe('time')
})

it('reads its commands from its input, line by line', () => {
  const ran = resume({ ...startShell(['sh']), input: 'x=5\necho $x\nfalse\n', inputEnded: true })
  expect([textOf(ran, 'stdout'), ran.shell.status, ran.waits]).toEqual(['5\n', 1, undefined])
})

it('tar takes files in and gives them back', () => {
  const files = [
    ['tmp/a', 'x'.repeat(600)],
    ['tmp/b/c', ''],
  ] as const
  expect(unpackTar(packTar(files, 0))).toEqual(files)
  expect(unpackTar('x'.repeat(512))).toBeUndefined()
  const unpacked = resume({
    ...startShell(['tar', '-xmf', '-', '-C', '/srv']),
    input: packTar(files, 0),
    inputEnded: true,
  })
  expect(unpacked.files['/srv/tmp/a']).toHaveLength(600)
  const fromFolder = resume(startShell(['tar', 'cf', '-', '-C', '/srv', 'tmp']), unpacked.files)
  expect(unpackTar(textOf(fromFolder, 'stdout'))?.map(([name]) => name)).toEqual(['tmp/a', 'tmp/b/c'])
  const packed = resume(startShell(['tar', 'cf', '-', '/srv/tmp']), unpacked.files)
  expect(unpackTar(textOf(packed, 'stdout'))?.map(([name]) => name)).toEqual(['srv/tmp/a', 'srv/tmp/b/c'])
})
