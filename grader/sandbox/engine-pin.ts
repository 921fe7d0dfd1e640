/**
 * Which engine, exactly. A grade is comparable only between hosts that run the same one, so both the QuickJS build we take
 * in and the metered module we make of it are pinned by hash. After an upgrade of the package: read its emscripten glue for
 * the letters below, run `node grader/sandbox/build-engine.ts`, read the diff of every fuel figure, then pin the new hashes.
 */
export const enginePin = {
  package: '@jitl/quickjs-wasmfile-release-sync@0.32.0',
  inputSha256: '105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232',
  outputSha256: '63cb48642ea82950bd4835c344ffd59d34c45257882e09a715867828e78d0a6a',
} as const

/** The build's imports are named by letters, all in module `a`; these are their names in emscripten and quickjs-emscripten. */
export const importLetters = {
  memory: 'a',
  assertFail: 'b',
  fdWrite: 'c',
  fdClose: 'd',
  environGet: 'e',
  environSizesGet: 'f',
  normalizeModule: 'g',
  loadModule: 'h',
  shouldInterrupt: 'i',
  setItimer: 'j',
  resizeHeap: 'k',
  keepRuntimeAlive: 'l',
  localTime: 'm',
  setTimeZone: 'n',
  fdSeek: 'o',
  now: 'p',
  abort: 'q',
  exit: 'r',
  callHostFunction: 's',
  freeHostReference: 't',
} as const

/** The exports that we use, by their names in quickjs-emscripten's interface.c. */
export const exportLetters = {
  constructors: 'u',
  malloc: 'v',
  free: 'M',
  newRuntime: 'K',
  newContext: 'N',
  setMaxStackSize: 'D',
  enableInterruptHandler: 'Fa',
  newHostReference: 'I',
  newFunction: 'Da',
  argument: 'Ea',
  newString: '_',
  getString: '$',
  freeCString: 'S',
  freeValue: 'P',
  getUndefined: 'E',
  evaluate: 'pa',
  call: 'ma',
  resolveException: 'na',
  isJobPending: 'fa',
  executePendingJob: 'ga',
} as const

/** Memory that a machine starts with: its static data, its stack, and a heap in which the prelude has run. In 64 KiB. */
export const smallestMemoryPages = 96
