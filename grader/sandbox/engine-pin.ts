/**
 * Which engine, exactly. A grade is comparable only between hosts that run the same one, so both the QuickJS build we take
 * in and the metered module we make of it are pinned by hash. After an upgrade of the package: read its emscripten glue for
 * the letters below, run `node grader/sandbox/build-engine.ts`, read the diff of every fuel figure, then pin the new hashes.
 */
export const enginePin = {
  package: '@jitl/quickjs-wasmfile-release-sync@0.32.0',
  inputSha256: '105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232',
  outputSha256: '1a3fc8b62b50cbfbe29414e10555a0b6bf177de82d83a92d2aa42e3822a50ef4',
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

/**
 * Where the C stack is, in bytes of memory: it grows down from `top`, where the heap begins, towards `bottom`, where the static
 * data ends. A leaf function may write `redZone` bytes below the stack pointer without moving it (LLVM's WebAssembly backend).
 */
export const cStack = { bottom: 5_333_088 - 5 * 1024 * 1024, top: 5_333_088, redZone: 128 } as const

/**
 * The word of the static data in which C's `sbrk` keeps where the heap ends: in a new instance at `cStack.top`. It only ever
 * rises (emscripten's allocator does not give back, `MORECORE_CANNOT_TRIM`), and nothing above it has been written to.
 */
export const heapEndAddress = 86_864
