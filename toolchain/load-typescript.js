// Lets this process load the TypeScript of this package: import it first, or `node --import ./toolchain/load-typescript.js
// FILE`. Node strips the types itself where it can; tsx does elsewhere: on older releases, and where the package was
// installed (Node strips nothing under node_modules).
if (process.features.typescript && !import.meta.url.includes('/node_modules/')) {
  silenceStrippingWarning();
} else {
  // tsx would keep what it compiled in a folder of TMPDIR, and run what it finds there whoever put it in: on a machine
  // with other users, code of theirs. Compiling again costs a quarter of a second.
  process.env.TSX_DISABLE_CACHE = '1';
  const { register } = await import('tsx/esm/api');
  register();
}

/** Node 22 warns about type stripping on each run: that is this file's choice, no news for a user. */
function silenceStrippingWarning() {
  const emit = process.emit;
  process.emit = function (event, warning, ...rest) {
    const noise =
      event === 'warning' &&
      warning?.name === 'ExperimentalWarning' &&
      /Type Stripping/.test(warning.message);
    return noise ? false : emit.call(this, event, warning, ...rest);
  };
}
